# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Does mail that the provider sends pass SPF of the domain?

The record is evaluated for an address of each of the provider's networks. So order, qualifiers,
nesting, limits, and addresses that were copied into the record need no rules of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..context import in_the_way, listed, no_answer, unanswered
from ..result import Facts, Problem, Result, conclude
from ..text import Text
from .check_record import absence_of_spf
from .evaluate import Verdict, check_host
from .provider import ProviderSpf
from .spf import Spf


def check_spf_esp(spf: Spf) -> Result:
    """Return the result of the check `spf_esp`.

    Facts: addresses (those that were tried), passed (those that passed), result (of the first that
    did not pass, or "pass"; None: none was tried), term (the term of the domain's record that
    decided).
    """
    name = spf.context.expectations.provider
    facts: Facts = {"addresses": [], "passed": [], "result": None, "term": None}
    if spf.provider is None:
        problem = Problem.of("spf_esp_not_known", provider=name)
        return conclude("spf_esp", [problem], base="info", facts=facts)
    if spf.answer.failed:
        return conclude("spf_esp", [unanswered(spf.answer)], facts=facts)
    problems = list(_Judgement(spf, spf.provider, facts).problems())
    operations = []
    if any(problem.status in ("fail", "warning") for problem in problems):
        operations = spf.operations
        problems += [*spf.proposal.notes, *in_the_way(operations)]
    return conclude(
        "spf_esp",
        problems,
        operations=operations,
        found=listed(spf.texts) if spf.texts else absence_of_spf(spf.answer),
        expected=Text("%(terms)s", terms=spf.provider.terms_text),
        facts=facts,
    )


class _Judgement:
    def __init__(self, spf: Spf, provider: ProviderSpf, facts: Facts) -> None:
        self._spf = spf
        self._provider = provider
        self._facts = facts
        self._wanted = {term.key for term in provider.terms}

    def problems(self) -> Iterator[Problem]:
        """Yield the problems and fill in the facts."""
        spf = self._spf
        verdicts = {
            address: check_host(spf.context.resolver, address, spf.context.domain)
            for address in self._provider.addresses
        }
        passed = [address for address, verdict in verdicts.items() if verdict.result == "pass"]
        self._facts |= {"addresses": list(verdicts), "passed": passed}
        if not verdicts:
            yield self._problem(self._without_address())
            return
        refused = next((v for v in verdicts.values() if v.result != "pass"), None)
        verdict = refused or verdicts[passed[0]]
        self._facts["result"] = verdict.result
        self._facts["term"] = verdict.term.text if verdict.term else None
        if refused is None:
            if all(verdict.term and verdict.term.network for verdict in verdicts.values()):
                yield self._problem("spf_esp_copied")
        elif refused.result == "temperror":
            yield no_answer(refused.name or spf.context.domain, refused.error or "")
        elif passed:
            yield self._problem("spf_esp_partly", passed=len(passed), all=len(verdicts))
        else:
            term = refused.term.text if refused.term else ""
            name = refused.name or spf.context.domain
            yield self._problem(self._reason(refused), term=term, name=name)

    def _problem(self, code: str, **params: object) -> Problem:
        terms = self._provider.terms_text
        provider = self._spf.context.expectations.provider
        return Problem.of(code, provider=provider, terms=terms, **params)

    def _without_address(self) -> str:
        """Return the code of the problem if the provider's addresses are not known."""
        if not self._spf.texts:
            return "spf_esp_no_record"
        if self._provider.error:
            return "spf_esp_silent"
        if not self._named():
            return "spf_esp_missing"
        if any(branch.state == "macros" for branch in self._provider.tree.walk()):
            return "spf_esp_macros"
        return "spf_esp_silent"

    def _named(self) -> bool:
        """Tell whether the tree contains the provider's terms."""
        texts = {
            term.key
            for tree in self._spf.trees
            for record in tree.records()
            for term in record.terms
            if term.qualifier in ("+", "")
        }
        return self._wanted <= texts

    def _reason(self, verdict: Verdict) -> str:
        """Return the code of the reason why the provider does not pass."""
        if not self._spf.texts:
            return "spf_esp_no_record"
        if verdict.result == "permerror":
            return "spf_esp_past_limit" if verdict.error == "lookups" else "spf_esp_invalid"
        record = self._spf.trees[0].record
        if any(term.key in self._wanted for term in record.after_all):
            return "spf_esp_after_all"
        named = next((term for term in record.terms if term.key in self._wanted), None)
        if named and named.qualifier not in ("+", ""):
            return "spf_esp_qualifier"
        if named and named.name != "redirect":
            return "spf_esp_earlier"
        if record.all and named:
            return "spf_esp_redirect_ignored"
        return "spf_esp_missing"
