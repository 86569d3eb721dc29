"""Rows of the feature table: alignment, incoming mail, CNAMEs and the optional policies."""

import pytest
from rows import Case

from dns_check import CHECKS

ALIGNMENT = "alignment through this ESP"
RETURN, MX, OPTIONAL = (
    "Return-Path CNAME",
    "MX, null MX, implicit MX, dead MX",
    "BIMI, MTA-STS, TLS-RPT",
)
ERROR = "temporary DNS error as its own state"
TRACKING = {"tracking": {"host": "link", "targets": ["t.mailjet.com", "r.mailjet.com"]}}

# fmt: off
CASES = [
    Case(MX, "mx-right.example", "mx", "ok"),
    Case(MX, "mx-null.example", "mx", "warning", ("mx_null",)),
    Case(MX, "mx-implicit.example", "mx", "warning", ("mx_implicit",)),
    Case(MX, "mx-missing.example", "mx", "warning", ("mx_missing",)),
    Case(MX, "mx-dead.example", "mx", "warning", ("mx_dead",), "gone.others.example has no"),
    Case(MX, "mx-cname.example", "mx", "warning", ("mx_cname",)),
    Case(MX, "mx-address.example", "mx", "warning", ("mx_address",),
         "contains the address 192.0.2.40"),
    Case(ERROR, "mx-servfail.example", "mx", "unknown", ("unanswered",)),
    Case(RETURN, "rp-right.example", "return_path", "ok", publish=""),
    Case(RETURN, "mx-right.example", "return_path", "info", ("return_path_default",), "optional",
         "bnc3.mailjet.com"),
    Case(RETURN, "rp-other.example", "return_path", "warning", ("other_target",),
         "an alias of web.others.example", "bnc3.mailjet.com"),
    Case(RETURN, "rp-no-cname.example", "return_path", "warning", ("no_cname",)),
    Case(RETURN, "rp-servfail.example", "return_path", "unknown", ("unanswered",), publish=""),
    Case(RETURN, "rp-right.example", "return_path", "info", ("return_path_fixed",),
         expect={"custom_return_path": None}),
    Case(RETURN, "tracking-right.example", "tracking", "ok", expect=TRACKING),
    Case(RETURN, "tracking-wildcard.example", "tracking", "ok", expect=TRACKING),
    Case(RETURN, "tracking-right.example", "tracking", "info", ("tracking_default",)),
    Case(RETURN, "tracking-dangling.example", "tracking", "warning", ("target_missing",),
         expect=TRACKING),
    Case(RETURN, "mx-right.example", "tracking", "warning", ("tracking_missing",),
         publish="t.mailjet.com", expect=TRACKING),
    Case(OPTIONAL, "mx-right.example", "mta_sts", "info", ("policy_missing",)),
    Case(OPTIONAL, "mx-right.example", "tls_rpt", "info", ("policy_missing",)),
    Case(OPTIONAL, "mx-right.example", "bimi", "info", ("policy_missing",)),
    Case(OPTIONAL, "policies-right.example", "mta_sts", "ok"),
    Case(OPTIONAL, "policies-right.example", "tls_rpt", "ok"),
    Case(OPTIONAL, "policies-right.example", "bimi", "ok"),
    Case(OPTIONAL, "policies-wrong.example", "mta_sts", "warning", ("policy_id", "policy_host")),
    Case(OPTIONAL, "policies-wrong.example", "tls_rpt", "warning", ("policy_rua",)),
    Case(OPTIONAL, "policies-wrong.example", "bimi", "warning", ("policy_logo", "policy_dmarc")),
]
# fmt: on


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_others(case, checked):
    case.verify(checked)


@pytest.mark.parametrize(
    ("domain", "status", "sentence", "expect"),
    [
        ("all-right.example", "ok", "passes DMARC by DKIM and by SPF.", {}),
        ("all-right.example", "ok", "passes DMARC by DKIM. SPF does not count, because receivers "
         "check it for bnc3.mailjet.com.", {"custom_return_path": None}),
        ("all-right.example", "ok", "by DKIM. The result of SPF is not known.",
         {"custom_return_path": None, "return_path": None}),
        ("rp-right.example", "warning", "passes DMARC by SPF only.", {}),
        ("mx-right.example", "fail", "does not pass DMARC.", {}),
        ("dkim-servfail.example", "unknown", "does not know whether mail", {}),
        ("strict-spf.example", "ok", "by DKIM. SPF does not count, because receivers check it "
         "for bnc3.strict-spf.example.", {}),
    ],
)  # fmt: skip
def test_alignment(checked, domain, status, sentence, expect):
    result = checked(domain, **expect)["alignment"]
    assert result.status == status
    assert f"ail from {domain} through Mailjet" in str(result.found)
    assert sentence in str(result.found)


def test_all_is_right(checked):
    results = checked("all-right.example")
    assert list(results) == list(CHECKS)
    bad = {name: r.status for name, r in results.items() if r.status not in ("ok", "info")}
    assert bad == {}
    assert not [name for name, result in results.items() if result.operations]
