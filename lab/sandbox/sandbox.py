"""Both providers together."""

from __future__ import annotations

from .aldeamo_account import Aldeamo
from .certificate import Certificate
from .mailjet_account import Mailjet


class Sandbox:
    """Aldeamo and Mailjet on loopback, from entering the context to leaving it.

    The credentials are fixed and open: they protect nothing but show that wrong ones are refused.
    """

    def __init__(self):
        self.aldeamo = Aldeamo()
        self.mailjet = Mailjet()

    @property
    def ca_bundle(self) -> str:
        """Path of a PEM file with the certificate of the APIs, for REQUESTS_CA_BUNDLE; while the
        sandbox runs."""
        return self._certificate.bundle

    def __enter__(self) -> Sandbox:
        self._certificate = Certificate()
        self.aldeamo.start(self._certificate.context)
        self.mailjet.start(self._certificate.context)
        return self

    def __exit__(self, *_exception) -> None:
        self.aldeamo.stop()
        self.mailjet.stop()
        self._certificate.remove()
