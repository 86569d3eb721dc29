"""Mailjet's resources ``apikey`` and ``myprofile``: whose account this is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .mailjet_rest import Resource


class Keys(Resource):
    """The only API key.

    :param credentials: the key and the secret, which this resource shows indeed
    :param runlevel: ``Normal``, ``Softlock``, ``Hardlock`` or ``Deleted``
    """

    def __init__(self, credentials: Callable[[], tuple[str, str]], runlevel: Callable[[], str]):
        self._credentials = credentials
        self._runlevel = runlevel

    def rows(self, query: dict[str, str]) -> list[dict[str, Any]]:
        key, secret = self._credentials()
        return [
            {
                "ACL": "",
                "APIKey": key,
                "CreatedAt": "2020-01-02T03:04:05Z",
                "ID": 1,
                "IsActive": True,
                "IsMaster": True,
                "Name": "Empresa",
                "QuarantineValue": 0,
                "Runlevel": self._runlevel(),
                "SecretKey": secret,
                "TrackHost": "r.mailjet.com",
                "UserID": 1,
            }
        ]


class Profile(Resource):
    def rows(self, query: dict[str, str]) -> list[dict[str, Any]]:
        return [
            {
                "AddressCity": "Bogotá",
                "AddressCountry": "CO",
                "CompanyName": "Empresa",
                "ContactPhone": "",
                "Firstname": "Ana",
                "ID": 1,
                "Lastname": "Núñez",
                "UserID": 1,
                "Website": "https://empresa.example",
            }
        ]
