"""`make dns-publish`: enter a record into the DNS of the running demo."""

import argparse
import json
import socket

from dev.console import Stop, say
from dev.paths import STATE
from dev.processes import run_as_command

PORT_FILE = STATE / "demo-dns.port"


def main(arguments: list[str]) -> int:
    """Publish one record; return 0 once it is there.

    :raises Stop: no record was named, or no demo is running
    """
    parser = argparse.ArgumentParser(prog="python -m lab.dns_publish", description=__doc__)
    parser.add_argument("name", help="in full: mailjet._domainkey.tienda.example")
    parser.add_argument("type", choices=("TXT", "CNAME"))
    parser.add_argument("value")
    options = parser.parse_args(arguments)
    if not (options.name and options.value):
        raise Stop("dns-publish: which record? make dns-publish NAME=… TYPE=TXT VALUE='…'")
    try:
        port = int(PORT_FILE.read_text())
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            request = [options.name, options.type, options.value]
            connection.sendall(json.dumps(request).encode() + b"\n")
            connection.recv(16)
    except OSError:
        raise Stop("No demo is running in this checkout: start `make demo` first.") from None
    say(f"Published: {options.name} {options.type} {options.value}")
    return 0


if __name__ == "__main__":
    run_as_command(main)
