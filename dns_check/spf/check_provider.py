# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Does mail that the provider sends pass SPF of the domain?

Found out by evaluation, for an address of each of the provider's own networks: order, qualifiers,
nesting, limits and addresses that were copied into the record all count by themselves.
"""

from ..answer import ERRORS
from ..context import listed, unanswered
from ..result import Problem, conclude
from ..text import Text, _
from .check_record import absence_of_spf
from .evaluate import check_host


def check_spf_esp(spf):
    """Return the result of the check `spf_esp`.

    Facts: addresses (those tried), passed (of them), result (of the first that did not pass,
    else "pass"; None: none tried), term (of the domain's record, by which it was decided).

    :param Spf spf: of the domain
    """
    name = spf.context.expectations.provider
    facts = {"addresses": [], "passed": [], "result": None, "term": None}
    if spf.provider is None:
        template = _("Enter what %(provider)s wants in the SPF record to have it checked.")
        problem = Problem.of("spf_esp_not_known", "info", template, provider=name)
        return conclude("spf_esp", [problem], base="info", facts=facts)
    if spf.answer.failed:
        return conclude("spf_esp", [unanswered(spf.answer)], facts=facts)
    problems = list(_Judgement(spf, facts).problems())
    wrong = any(problem.status in ("fail", "warning") for problem in problems)
    return conclude(
        "spf_esp",
        problems,
        found=listed(spf.texts) if spf.texts else absence_of_spf(spf.answer),
        expected=Text("%(terms)s", terms=spf.provider.terms_text),
        facts=facts,
        records=spf.records(wrong),
    )


class _Judgement:
    def __init__(self, spf, facts):
        self._spf = spf
        self._facts = facts
        self._wanted = {term.text.lower() for term in spf.provider.terms}

    def problems(self):
        """Yield the problems, and fill in the facts."""
        spf = self._spf
        verdicts = {
            address: check_host(spf.context.resolver, address, spf.context.domain)
            for address in spf.provider.addresses
        }
        passed = [address for address, verdict in verdicts.items() if verdict.result == "pass"]
        self._facts |= {"addresses": list(verdicts), "passed": passed}
        if not verdicts:
            yield self._without_address()
            return
        refused = next((v for v in verdicts.values() if v.result != "pass"), None)
        verdict = refused or verdicts[passed[0]]
        self._facts["result"] = verdict.result
        self._facts["term"] = verdict.term.text if verdict.term else None
        if refused is None:
            if not self._named():
                yield self._problem(
                    "spf_esp_copied",
                    "info",
                    _(
                        "The servers of %(provider)s pass by addresses that were copied into the "
                        "record; when they change, mail fails. Better name “%(terms)s”."
                    ),
                )
        elif refused.result == "temperror":
            yield Problem.of(
                "unanswered",
                "unknown",
                _("%(name)s: %(reason)s. Check again later."),
                name=refused.name,
                reason=Text(ERRORS[refused.error]),
            )
        elif passed:
            yield self._problem(
                "spf_esp_partly",
                "warning",
                _("Only %(passed)s of %(all)s networks of %(provider)s pass: name “%(terms)s”."),
                passed=len(passed),
                all=len(verdicts),
            )
        else:
            code, template = self._reason(refused)
            yield self._refusal(code, template, refused)

    def _problem(self, code, status, template, **params):
        terms = self._spf.provider.terms_text
        provider = self._spf.context.expectations.provider
        return Problem.of(code, status, template, provider=provider, terms=terms, **params)

    def _refusal(self, code, template, verdict):
        term = verdict.term.text if verdict.term else ""
        return self._problem(
            code, "fail", template, term=term, name=verdict.name or self._spf.context.domain
        )

    def _without_address(self):
        """Return the problem where the provider's addresses are hidden or not to be had."""
        if not self._spf.texts:
            return self._problem("spf_esp_no_record", "fail", _NO_RECORD)
        if self._spf.provider.error:
            return self._problem(
                "spf_esp_silent",
                "unknown",
                _("The servers of %(provider)s are not known: “%(terms)s” does not answer."),
            )
        if not self._named():
            return self._problem("spf_esp_missing", "fail", _MISSING)
        if any(branch.state == "macros" for branch in self._spf.provider.tree.walk()):
            return self._problem(
                "spf_esp_macros",
                "info",
                _("“%(terms)s” is there; it depends on each mail and cannot be followed."),
            )
        return self._problem(
            "spf_esp_silent",
            "unknown",
            _("“%(terms)s” is there, but allows no servers: ask %(provider)s."),
        )

    def _named(self):
        """Tell whether the provider's terms are anywhere in the tree."""
        texts = {
            term.text.lstrip("+").lower()
            for tree in self._spf.trees
            for record, _path in tree.records()
            for term in record.terms
        }
        return self._wanted <= texts

    def _reason(self, verdict):
        """Return why the provider does not pass: code and template."""
        if not self._spf.texts:
            return "spf_esp_no_record", _NO_RECORD
        if verdict.result == "permerror":
            if verdict.error == "lookups":
                return "spf_esp_past_limit", _(
                    "Receivers give up before they come to the servers of %(provider)s: the record "
                    "needs more than 10 look-ups."
                )
            return "spf_esp_invalid", _(
                "Receivers ignore the SPF record because of a mistake at %(name)s, so the servers "
                "of %(provider)s do not pass."
            )
        record = self._spf.trees[0].record
        if any(self._is_wanted(term) for term in record.after_all):
            return "spf_esp_after_all", _(
                "“%(terms)s” is behind “%(term)s”, where it has no effect: move it to the front."
            )
        named = next((term for term in record.terms if self._is_wanted(term)), None)
        if named and named.qualifier != "+":
            return "spf_esp_qualifier", _(
                "The sign in front of “%(terms)s” takes away its effect: remove it."
            )
        if named:
            return "spf_esp_earlier", _(
                "“%(term)s” comes first and decides: move “%(terms)s” in front of it."
            )
        if record.all and record.redirect and self._is_target(record.redirect.target):
            return "spf_esp_redirect_ignored", _(
                "The redirect has no effect beside “%(term)s”: add “%(terms)s” instead."
            )
        return "spf_esp_missing", _MISSING

    def _is_wanted(self, term):
        return term.text.lstrip("+-~?").lower() in self._wanted

    def _is_target(self, target):
        wanted = {(term.target or "").lower() for term in self._spf.provider.terms}
        return target.lower() in wanted


_NO_RECORD = _("Without an SPF record the servers of %(provider)s are not allowed to send.")
_MISSING = _("The servers of %(provider)s are not in the SPF record: add “%(terms)s”.")
