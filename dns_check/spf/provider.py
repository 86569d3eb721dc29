# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a provider wants in SPF, and the addresses that it sends from."""

from __future__ import annotations

import re
from dataclasses import replace

from ..net.answer import Questions
from .evaluate import check_host
from .record import VERSION, Term, is_spf, parse
from .tree import Walker, addresses

# The greatest number of networks that are tried, with one address each. Providers have a few.
MAX_NETWORKS = 24
_HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\.[A-Za-z0-9.-]+")


def provider_terms(text: str | None) -> list[Term]:
    """Return the terms that a provider wants in an SPF record, each with the qualifier `+`.

    :param text: a host, terms, or a whole record, as in `Expectations.spf`
    """
    text = (text or "").strip().strip("\"'")
    if not is_spf(text):
        if _HOST.fullmatch(text):
            text = f"include:{text}"
        text = f"{VERSION} {text}"
    terms = [term for term in parse(" ".join(text.split())).effective if term.name != "all"]
    return [
        term.as_include
        if term.name == "redirect"
        else replace(term, text=term.text.lstrip("+-~?"), qualifier="+")
        for term in terms
    ]


class ProviderSpf:
    """All that the provider's terms lead to.

    :ivar terms: as returned by `provider_terms`
    :ivar terms_text: the terms as they are written
    :ivar tree: of a record with only these terms
    :ivar addresses: one of each network from which the provider sends
    :ivar error: as `Answer.error`, if a question was not answered and addresses may be missing
    """

    def __init__(self, resolver: Questions, text: str | None, domain: str) -> None:
        self.terms = provider_terms(text)
        self.terms_text = " ".join(term.text for term in self.terms)
        record = f"{VERSION} {self.terms_text} -all"
        self.tree = Walker(resolver).tree(domain, record)
        self.error = next((b.error for b in self.tree.walk() if b.state == "error"), None)
        self.addresses: list[str] = []
        # The evaluation excludes addresses of terms with another qualifier.
        for address in addresses(resolver, self.tree)[:MAX_NETWORKS]:
            verdict = check_host(resolver, address, domain, record=record)
            if verdict.result == "pass":
                self.addresses.append(address)
