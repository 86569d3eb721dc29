# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""DMARC in one sentence: does mail that the provider sends from this domain pass?"""

from .names import is_below
from .result import Problem, conclude
from .text import Text, _


def check_alignment(context, dkim, spf_esp, dmarc, return_path):
    """Return the result of the check `alignment`, drawn from the others'.

    DMARC wants the domain of the signature, or that of the envelope sender, to be the From
    address's: exactly so (strict) or within the same organization (relaxed; RFC 9989 4.4).

    Facts: dkim, spf (whether DMARC passes by it; None: not known), envelope (the domain that SPF
    is checked against; None: not known), custom_return_path.

    :param Context context: of the domain
    :param dkim, spf_esp, dmarc, return_path: the `Result`s of these checks
    """
    by_dkim = _by_dkim(dkim)
    by_spf, envelope = _by_spf(context, spf_esp, dmarc, return_path)
    facts = {
        "dkim": by_dkim,
        "spf": by_spf,
        "envelope": envelope,
        "custom_return_path": bool(return_path.facts.get("right")),
    }
    code, status, template = _SENTENCES[by_dkim, by_spf]
    provider = context.expectations.provider
    sentence = Text(
        template,
        domain=context.domain,
        provider=provider,
        envelope=envelope or Text(_("a domain that is not known")),
    )
    problems = [] if status == "ok" else [Problem(code, status, sentence)]
    if dmarc.status != "unknown" and dmarc.facts.get("policy") is None:
        problems.append(
            Problem.of(
                "alignment_no_dmarc",
                "info",
                _("That counts as soon as the domain has a DMARC record."),
            )
        )
    return conclude("alignment", problems, found=sentence, facts=facts)


def _by_dkim(dkim):
    """Tell whether a signature of the domain's own will pass; None: not known.

    The provider signs as the From address's domain where it has the key, so it aligns.
    """
    usable = [key["usable"] for key in dkim.facts.get("keys", ())]
    if any(usable):
        return True
    return None if not usable or None in usable else False


def _by_spf(context, spf_esp, dmarc, return_path):
    """Tell whether SPF will pass for a domain that aligns; None: not known. And which that is."""
    strict = dmarc.facts.get("aspf") == "s"
    expectations = context.expectations
    if return_path.facts.get("right"):
        # SPF is then looked for at the CNAME, and found at the provider's.
        return not strict, return_path.facts["name"]
    if expectations.return_path is None:
        # Where it is the From address's own, SPF counts; nobody says so.
        return None if spf_esp.status != "fail" else False, None
    envelope = expectations.return_path.strip().rstrip(".").lower()
    organization = dmarc.facts.get("organizational_domain") or context.domain
    aligned = envelope == context.domain or (not strict and is_below(envelope, organization))
    if return_path.status == "unknown":
        return None, envelope
    return aligned, envelope


_BOTH = _("Mail from %(domain)s through %(provider)s passes DMARC by DKIM and by SPF.")
_DKIM = _(
    "Mail from %(domain)s through %(provider)s passes DMARC by DKIM. SPF does not count for it: "
    "it is checked for %(envelope)s."
)
_DKIM_PERHAPS_SPF = _(
    "Mail from %(domain)s through %(provider)s passes DMARC by DKIM; whether also by SPF is not "
    "known."
)
_SPF = _(
    "Mail from %(domain)s through %(provider)s passes DMARC by SPF only, which is lost when a mail "
    "is forwarded: mend DKIM."
)
_NOT_AT_ALL = _(
    "Mail from %(domain)s through %(provider)s does not pass DMARC: DKIM is not right, and SPF is "
    "checked for %(envelope)s. Mend DKIM."
)
_UNKNOWN = _(
    "Whether mail from %(domain)s through %(provider)s passes DMARC could not be found out."
)

_SENTENCES = {
    (True, True): ("passes_both", "ok", _BOTH),
    (True, False): ("passes_dkim", "ok", _DKIM),
    (True, None): ("passes_dkim", "ok", _DKIM_PERHAPS_SPF),
    (False, True): ("passes_spf", "warning", _SPF),
    (None, True): ("passes_spf", "unknown", _SPF),
    (False, False): ("passes_not", "fail", _NOT_AT_ALL),
    (False, None): ("passes_unknown", "unknown", _UNKNOWN),
    (None, False): ("passes_unknown", "unknown", _UNKNOWN),
    (None, None): ("passes_unknown", "unknown", _UNKNOWN),
}
