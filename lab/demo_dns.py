"""The DNS of the demo: one domain that is right for both providers, and one that isn't."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from lab.dns_publish import PORT_FILE
from lab.sandbox import Sandbox
from lab.sandbox.dns import DnsServer, load_zones
from lab.sandbox.dns_panel import DnsPanel

RIGHT, BROKEN = "empresa.example", "tienda.example"
_ZONES = Path(__file__).with_name("demo_zones.yaml")
_PARAMETER = "mail_mailjet_aldeamo.dns_"


class DemoDns:
    """A DNS server on loopback that the sandbox's Mailjet asks too; a context manager.

    :ivar panel: where its records are changed
    :ivar aldeamo: what Aldeamo has handed out, as fields of the mail server
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._server = DnsServer()
        self._stack = ExitStack()
        self.aldeamo = {
            "dns_spf": "v=spf1 include:spf.aldeamo.example ~all",
            "dns_dkim_selector": "tellit",
            "dns_dkim_value": _dkim_value(),
            "dns_token_host": "_aldeamo",
            "dns_token": "aldeamo-verification=8c21f7",
        }

    def __enter__(self) -> DemoDns:
        self._stack.enter_context(self._server)
        self.panel = DnsPanel(self._server, load_zones(_ZONES))
        self._sandbox.mailjet.resolve_txt = self.panel.txt
        for record in self._handed_out():
            self.panel.enter(*record)
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def trouble(self, name: str, word: str) -> None:
        """Take the records of a name away, and answer for it with a trouble of `DnsServer`'s."""
        self._server.clear(name)
        self._server.publish(name, word)

    @contextmanager
    def served(self) -> Iterator[None]:
        """Let `make dns-publish` change the records."""
        with self.panel.served(PORT_FILE):
            yield

    @property
    def parameters(self) -> dict[str, str]:
        """Odoo's settings to ask this server, as system parameters."""
        values = {"resolver": "nameserver", "nameserver": self._server.host}
        values["port"] = str(self._server.port)
        return {_PARAMETER + name: value for name, value in values.items()}

    def _handed_out(self) -> Iterator[tuple[str, str, str]]:
        """The records that the right domain needs beside those in the zone file."""
        mailjet = self._sandbox.mailjet
        with requests.Session() as session:
            session.auth = (mailjet.user, mailjet.password)
            session.trust_env = False  # of the surroundings only proxies and other certificates
            session.verify = self._sandbox.ca_bundle
            session.post(f"{mailjet.api_url}/v3/REST/sender", json={"Email": f"*@{BROKEN}"})
            answer = session.get(f"{mailjet.api_url}/v3/REST/dns/{RIGHT}")
            [row] = answer.json()["Data"]
            yield f"{row['OwnerShipTokenRecordName']}.{RIGHT}", "TXT", row["OwnerShipToken"]
            yield row["DKIMRecordName"], "TXT", row["DKIMRecordValue"]
        aldeamo = self.aldeamo
        yield f"{aldeamo['dns_token_host']}.{RIGHT}", "TXT", aldeamo["dns_token"]
        host = f"{aldeamo['dns_dkim_selector']}._domainkey.{RIGHT}"
        yield host, "TXT", aldeamo["dns_dkim_value"]


def _dkim_value() -> str:
    key: Any = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"
