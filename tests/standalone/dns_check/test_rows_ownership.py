"""Rows of the feature table: the ownership token."""

import pytest
from conftest import TOKEN
from rows import Case

OWN = "ownership token at its own name / apex"
PASTED = "hint: pasted quotes, backslashes, smart quotes, en dash, BOM"

# fmt: off
CASES = [
    Case(OWN, "owned.example", "ownership", "ok", publish=""),
    Case(OWN, "owned-apex.example", "ownership", "ok", expect={"ownership_host": "@"}),
    Case(OWN, "not-owned.example", "ownership", "fail", ("ownership_missing",), publish=TOKEN),
    Case(OWN, "owned-other.example", "ownership", "fail", ("ownership_other",), publish=TOKEN),
    Case(OWN, "owned-cname.example", "ownership", "fail", ("ownership_cname",), publish=TOKEN),
    Case(OWN, "owned.example", "ownership", "info", ("ownership_not_known",),
         expect={"ownership_token": None}),
    Case("hint: pasted at doubled name", "owned-doubled.example", "ownership", "fail",
         ("at_doubled",), "enter only “mailjet._3f9c0e7a”", TOKEN),
    Case("hint: token/DMARC at the apex, DKIM at the parent", "owned-at-apex.example", "ownership",
         "fail", ("at_apex",), "The record is at owned-at-apex.example itself", TOKEN),
    Case(PASTED, "owned-quotes.example", "ownership", "fail", ("ownership_pasted",),
         "at position 1: a quotation mark", TOKEN),
    Case(PASTED, "owned-bom.example", "ownership", "fail", ("ownership_pasted",),
         "at position 1: an invisible byte order mark", TOKEN),
    Case("wildcard TXT answers everything", "owned-wildcard.example", "ownership", "fail",
         ("ownership_missing", "wildcard"), "*.owned-wildcard.example", TOKEN),
    Case("temporary DNS error as its own state", "owned-servfail.example", "ownership", "unknown",
         ("unanswered",), "SERVFAIL", ""),
]
# fmt: on


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_ownership(case, checked):
    case.verify(checked)


def test_record_has_host_with_and_without_the_domain(checked):
    (operation,) = checked("not-owned.example")["ownership"].operations
    assert (operation.host, operation.type) == ("mailjet._3f9c0e7a", "TXT")
    assert operation.name == "mailjet._3f9c0e7a.not-owned.example"


@pytest.mark.parametrize(
    "host",
    [
        "mailjet._3f9c0e7a",
        "mailjet._3f9c0e7a.",
        "Mailjet._3F9C0E7A.owned.example",
        "mailjet._3f9c0e7a.owned.example.",
    ],
)
def test_name_may_be_relative_or_absolute(checked, host):
    # With a final dot and without the domain it is a name elsewhere.
    status = "fail" if host == "mailjet._3f9c0e7a." else "ok"
    assert checked("owned.example", ownership_host=host)["ownership"].status == status
