"""The panel of a DNS service, where a customer enters the records of his domains.

While it is served, others enter them from outside: ``python -m lab.dns_publish NAME TYPE VALUE``.
"""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dns.resolver

from .dns import DnsServer


class DnsPanel:
    """Enters records into a running `DnsServer` as people do: a new record replaces the old one of
    its purpose.

    :param zones: what is there at first, as in a zone file
    """

    def __init__(self, server: DnsServer, zones: Mapping[str, list[Any]]):
        self._server = server
        self._records: dict[str, list[tuple[str, Any]]] = {}
        for name, entries in zones.items():
            for entry in entries:
                if isinstance(entry, str):
                    self._add(name, entry, True)  # a trouble
                else:
                    ((rdtype, value),) = entry.items()
                    self._add(name, rdtype, value)

    def enter(self, name: str, rdtype: str, value: Any) -> None:
        """Publish a record, in place of those that it can't stand beside.

        :param name: in full
        """
        name = name.rstrip(".").lower()
        kept = [
            record
            for record in self._records.get(name, [])
            if not _replaces(rdtype, value, *record)
        ]
        self.put(name, [*kept, (rdtype, value)])

    def carry_out(self, operation: Mapping[str, Any]) -> None:
        """Do exactly what the DNS check shows.

        :param operation: of `dns_check`, as JSON
        :raises ValueError: no panel would let one do that
        """
        name, action = operation["name"], operation["action"]
        records = self.records(name)
        if action in ("replace", "remove"):
            old = (operation["old_type"], operation["old_value"])
            there = [record for record in records if (record[0], _text(record[1])) == old]
            if not there:
                raise ValueError(f"{name} has no {old} to {action}, but {records}")
            records.remove(there[0])
        if action in ("add", "replace"):
            types = {rdtype for rdtype, _value in records}
            if "CNAME" in types or (operation["type"] == "CNAME" and types):
                raise ValueError(f"{name} has {records}: an alias stands alone")
            records.append((operation["type"], operation["value"]))
        self.put(name, records)

    def records(self, name: str) -> list[tuple[str, Any]]:
        """Return what is published at a name: types and values."""
        return list(self._records.get(name, []))

    def put(self, name: str, records: list[tuple[str, Any]]) -> None:
        """Publish these records at a name, and nothing else."""
        self._server.clear(name)
        self._records[name] = []
        for record in records:
            self._add(name, *record)

    def txt(self, name: str) -> list[str]:
        """Ask the server for the TXT records of a name."""
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = [self._server.host], self._server.port
        try:
            answer = resolver.resolve(name, "TXT", search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.resolver.NoNameservers):
            return []
        return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]

    @contextmanager
    def served(self, port_file: Path) -> Iterator[None]:
        """Take records from `publish` until the context ends.

        :param port_file: where it finds the port
        """
        panel = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                panel.enter(*json.loads(self.rfile.readline()))
                self.wfile.write(b"ok\n")

        with socketserver.TCPServer((self._server.host, 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            port_file.write_text(str(server.server_address[1]))
            try:
                yield
            finally:
                port_file.unlink(missing_ok=True)
                server.shutdown()
                thread.join()

    def _add(self, name: str, rdtype: str, value: Any) -> None:
        self._records.setdefault(name, []).append((rdtype, value))
        self._server.publish(name, rdtype, value)


def _replaces(rdtype: str, value: Any, other_type: str, other: Any) -> bool:
    """Tell whether a new record takes the place of another one at the same name."""
    if "CNAME" in (rdtype, other_type):
        return True
    if rdtype != other_type:
        return False
    return rdtype != "TXT" or _purpose(value) == _purpose(other)


def _text(value: Any) -> Any:
    """Return a record's value as one text, as the check has it."""
    if isinstance(value, (list, tuple)):
        value = "".join(map(str, value))
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value


def _purpose(text: Any) -> str:
    """What a TXT record is for: of each purpose there is one."""
    marks = ("v=spf1", "v=dmarc1", "p=")
    return next((mark for mark in marks if mark in str(text).lower()), str(text))
