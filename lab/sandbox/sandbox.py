"""Both providers together."""

from __future__ import annotations

import ssl
from contextlib import ExitStack

import trustme

from .providers import FakeAldeamo, FakeMailjet


class Sandbox:
    """Aldeamo and Mailjet on loopback, from entering the context to leaving it.

    The credentials are fixed and open: they protect nothing but show that wrong ones are refused.

    :ivar ca_bundle: path of a PEM file with the authority of the APIs' certificate, for
        REQUESTS_CA_BUNDLE; while the sandbox runs
    """

    ca_bundle: str

    def __init__(self) -> None:
        self.aldeamo = FakeAldeamo()
        self.mailjet = FakeMailjet()

    def __enter__(self) -> Sandbox:
        authority = trustme.CA()
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost", "127.0.0.1").configure_cert(tls)
        with ExitStack() as running:
            self.ca_bundle = running.enter_context(authority.cert_pem.tempfile())
            for provider in (self.aldeamo, self.mailjet):
                provider.start(tls)
                running.callback(provider.stop)
            self._running = running.pop_all()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._running.close()
