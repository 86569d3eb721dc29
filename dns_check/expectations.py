# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a provider wants in the DNS of a domain."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class DkimKey:
    """A DKIM key that the provider signs with.

    :param host: where its record is: `selector._domainkey`, or the full name
    :param value: the record, `k=rsa; p=…`; None: any valid key is right
    :param cname: target of the CNAME, if the provider wants a CNAME instead of a TXT record
    """

    host: str
    value: str | None = None
    cname: str | None = None


@dataclass(frozen=True)
class Cname:
    """A CNAME of the domain.

    :param host: relative to the domain, or the full name
    :param targets: the allowed targets, the best first
    """

    host: str
    targets: tuple[str, ...]


@dataclass(frozen=True)
class Expectations:
    """What a provider wants. All fields are optional; what isn't known isn't checked.

    Names may be relative to the domain or absolute, with or without a final dot.

    :param provider: the provider's name, for texts
    :param ownership_host: name of the TXT record that proves the ownership; "@" is the domain
    :param ownership_token: the exact value of that record
    :param spf: what the SPF record must contain: a host to include, terms (`include:… a:…`),
        or a whole record, whose `v=spf1` and `all` are ignored
    :param dkim: the keys; one usable key is enough for DMARC, but each is checked
    :param return_path: domain of the provider's default envelope sender, for which receivers check
        SPF; None if it isn't known
    :param custom_return_path: the CNAME that puts the envelope sender into the domain
    :param tracking: the CNAME for links; None if none is wanted
    :param dmarc_rua: address for the reports in a proposed DMARC record;
        default postmaster@ the domain
    """

    provider: str = "the provider"
    ownership_host: str | None = None
    ownership_token: str | None = None
    spf: str | None = None
    dkim: tuple[DkimKey, ...] = ()
    return_path: str | None = None
    custom_return_path: Cname | None = None
    tracking: Cname | None = None
    dmarc_rua: str | None = None

    @classmethod
    def from_dict(cls, data: object) -> Expectations:
        """Return the expectations in a JSON-able dict with the same names.

        :raises ValueError: a name or a value is invalid; the text says which
        """
        values = _known(cls, data)  # null: not known
        if "dkim" in values:
            keys = values["dkim"]
            if not isinstance(keys, (list, tuple)):
                raise ValueError("dkim is not a list")
            values["dkim"] = tuple(DkimKey(**_strings(DkimKey, _known(DkimKey, k))) for k in keys)
        for name in ("custom_return_path", "tracking"):
            if name in values:
                values[name] = _cname(name, _known(Cname, values[name]))
        _strings(cls, {k: v for k, v in values.items() if not isinstance(v, (tuple, Cname))})
        return cls(**values)


def _known(kind: type[DkimKey | Cname | Expectations], data: object) -> dict[str, Any]:
    """Return the values of `data` that are known.

    :raises ValueError: it isn't a dict, or a key isn't a field of `kind`
    """
    if not isinstance(data, dict):
        raise ValueError(f"{kind.__name__}: not an object: {data!r}")
    unknown = set(data) - {field.name for field in fields(kind)}
    if unknown:
        raise ValueError(f"{kind.__name__} has no {', '.join(sorted(map(str, unknown)))}")
    return {name: value for name, value in data.items() if value is not None}


def _strings(kind: type[DkimKey | Expectations], data: dict[str, Any]) -> dict[str, str]:
    for name, value in data.items():
        if not isinstance(value, str):
            raise ValueError(f"{kind.__name__}: {name} is not a text: {value!r}")
    if kind is DkimKey and not data.get("host"):
        raise ValueError("DkimKey: no host")
    return data


def _cname(name: str, data: dict[str, Any]) -> Cname:
    host, targets = data.get("host"), data.get("targets")
    if not isinstance(host, str) or not isinstance(targets, (list, tuple)) or not targets:
        raise ValueError(f"{name} needs a host and a list of targets")
    return Cname(host, tuple(map(str, targets)))
