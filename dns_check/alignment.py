# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""DMARC in one sentence: does mail that the provider sends from this domain pass?"""

from __future__ import annotations

from .context import Context
from .names import is_below
from .result import Problem, Result, conclude
from .text import Text, _


def check_alignment(
    context: Context, dkim: Result, spf_esp: Result, dmarc: Result, return_path: Result
) -> Result:
    """Return the result of the check `alignment`, which follows from other results.

    DMARC requires that the domain of the signature, or of the envelope sender, is that of the From
    address: exactly (strict) or in the same organization (relaxed; RFC 9989 4.4).

    Facts: dkim, spf (whether DMARC passes by it; None: not known), envelope (the domain for which
    SPF is checked; None: not known), custom_return_path.
    """
    by_dkim = _by_dkim(dkim)
    by_spf, envelope = _by_spf(context, spf_esp, dmarc, return_path)
    facts = {
        "dkim": by_dkim,
        "spf": by_spf,
        "envelope": envelope,
        "custom_return_path": bool(return_path.facts.get("right")),
    }
    code = _CODES[by_dkim, by_spf]
    if by_dkim is None and dkim.status == "info":
        code = "passes_not_entered"
    problem = Problem.of(
        code,
        domain=context.domain,
        provider=context.expectations.provider,
        envelope=envelope or Text(_("an unknown domain")),
    )
    problems = [] if problem.status == "ok" else [problem]
    if dmarc.status != "unknown" and dmarc.facts.get("policy") is None:
        problems.append(Problem.of("alignment_no_dmarc"))
    return conclude(
        "alignment",
        problems,
        base="info" if problem.status == "info" else "ok",
        found=problem.texts[0],
        facts=facts,
    )


def _by_dkim(dkim: Result) -> bool | None:
    """Tell whether a signature of the domain itself will pass; None: not known.

    If the domain has the provider's key, the provider signs for the From address's domain. So the
    signature is aligned.
    """
    usable = [key["usable"] for key in dkim.facts.get("keys", ())]
    if any(usable):
        return True
    return None if not usable or None in usable else False


def _by_spf(
    context: Context, spf_esp: Result, dmarc: Result, return_path: Result
) -> tuple[bool | None, str | None]:
    """Tell whether SPF will pass for an aligned domain (None: not known), and for which domain."""
    strict = dmarc.facts.get("aspf") == "s"
    expectations = context.expectations
    if return_path.facts.get("right"):
        # Receivers look for SPF at the CNAME and find the provider's record.
        return not strict, return_path.facts["name"]
    if expectations.return_path is None:
        # SPF counts only if the envelope sender has the From address's domain: not known.
        return None if spf_esp.status != "fail" else False, None
    envelope = expectations.return_path.strip().rstrip(".").lower()
    organization = dmarc.facts.get("organizational_domain") or context.domain
    aligned = envelope == context.domain or (not strict and is_below(envelope, organization))
    if return_path.status == "unknown":
        return None, envelope
    return aligned, envelope


_CODES = {
    (True, True): "passes_both",
    (True, False): "passes_dkim",
    (True, None): "passes_dkim_spf_unknown",
    (False, True): "passes_spf",
    (None, True): "passes_spf_dkim_unknown",
    (False, False): "passes_not",
    (False, None): "passes_unknown",
    (None, False): "passes_unknown",
    (None, None): "passes_unknown",
}
