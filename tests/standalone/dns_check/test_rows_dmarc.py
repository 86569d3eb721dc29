"""Rows of the feature table: DMARC."""

import pytest
from rows import Case

MISSING, SYNTAX = "DMARC missing", "DMARC several, syntax, order"
PASTED = "hint: pasted quotes, backslashes, smart quotes, en dash, BOM"
TREE = "inheritance, tree walk, psd"
ERROR = "temporary DNS error as its own state"

# fmt: off
CASES = [
    Case(SYNTAX, "dmarc-right.example", "dmarc", "ok", publish=""),
    Case(MISSING, "dmarc-missing.example", "dmarc", "fail", ("dmarc_missing",), "first step",
         "v=DMARC1; p=none; rua=mailto:postmaster@dmarc-missing.example"),
    Case(MISSING, "dmarc-missing.example", "dmarc", "fail", ("dmarc_missing",),
         publish="v=DMARC1; p=none; rua=mailto:me@agency.example",
         expect={"dmarc_rua": "me@agency.example"}),
    Case(SYNTAX, "dmarc-several.example", "dmarc", "fail", ("dmarc_several",),
         "2 DMARC records", ""),
    Case(SYNTAX, "dmarc-order.example", "dmarc", "warning", ("dmarc_order",)),
    Case(SYNTAX, "dmarc-syntax.example", "dmarc", "warning", ("dmarc_syntax", "dmarc_left_out"),
         "“what is this” does not have", "v=DMARC1; p=reject; rua=mailto:x@agency.example"),
    Case(SYNTAX, "dmarc-bad-policy.example", "dmarc", "warning", ("dmarc_weak_policy",),
         "“p=rejct” must be “p=reject”", "v=DMARC1; p=reject; rua=mailto:x@agency.example"),
    Case(SYNTAX, "dmarc-no-policy.example", "dmarc", "fail", ("dmarc_no_policy",),
         "“p=” is missing",
         "v=DMARC1; p=none; adkim=s; rua=mailto:postmaster@dmarc-no-policy.example"),
    Case(SYNTAX, "dmarc-version.example", "dmarc", "fail", ("dmarc_mistaken",),
         "it begins with “v=dmarc1;”", "v=DMARC1; p=reject"),
    Case(SYNTAX, "dmarc-unknown-tag.example", "dmarc", "ok"),
    Case(SYNTAX, "dmarc-uri.example", "dmarc", "warning", ("dmarc_uri",),
         "must be “rua=mailto:x@agency.example”",
         "v=DMARC1; p=reject; rua=mailto:x@agency.example"),
    Case("unrelated TXT beside it", "dmarc-unrelated.example", "dmarc", "warning",
         ("dmarc_unrelated",), "some-verification=1234"),
    Case("wildcard TXT answers everything", "dmarc-wildcard.example", "dmarc", "fail",
         ("dmarc_missing", "dmarc_unrelated", "wildcard"), "*.dmarc-wildcard.example"),
    Case(PASTED, "dmarc-backslash.example", "dmarc", "fail", ("dmarc_mistaken",),
         "position 9: a backslash", "v=DMARC1; p=quarantine; rua=mailto:x@agency.example"),
    Case(PASTED, "dmarc-smart.example", "dmarc", "fail", ("dmarc_mistaken",), "position 1",
         "v=DMARC1; p=reject; rua=mailto:x@agency.example"),
    Case("hint: pasted at doubled name", "dmarc-doubled.example", "dmarc", "fail", ("at_doubled",),
         "enter only “_dmarc”", "v=DMARC1; p=reject"),
    Case("hint: token/DMARC at the apex, DKIM at the parent", "dmarc-apex.example", "dmarc", "fail",
         ("at_apex",), "belongs to the name “_dmarc”",
         "v=DMARC1; p=reject"),
    Case("p=none, sp=none", "dmarc-none.example", "dmarc", "warning", ("dmarc_none",), "reports"),
    Case("p=none, sp=none", "dmarc-sp-none.example", "dmarc", "warning", ("dmarc_sp_none",)),
    Case("pct / t=y", "dmarc-pct.example", "dmarc", "warning", ("dmarc_pct",), "“pct=20”"),
    Case("pct / t=y", "dmarc-testing.example", "dmarc", "warning", ("dmarc_testing",),
         "old receivers do not"),
    Case(TREE, "news.tree.example", "dmarc", "ok", ("dmarc_inherited",),
         "the record of tree.example applies. The policy for this domain is sp=quarantine"),
    Case(TREE, "gone.tree.example", "dmarc", "ok", ("dmarc_inherited", "dmarc_np"),
         "Old receivers do not know “np”, and apply “quarantine”"),
    Case(TREE, "deep.middle.tree.example", "dmarc", "ok", ("dmarc_inherited",),
         "the record of tree.example applies. The policy for this domain is sp=quarantine"),
    Case(TREE, "shop.unit.tree.example", "dmarc", "ok", ("dmarc_inherited", "dmarc_psd"),
         "the record of unit.tree.example applies. The policy for this domain is p=quarantine"),
    Case(TREE, "shop.suffix.example", "dmarc", "ok", ("dmarc_inherited", "dmarc_psd"),
         "the record of suffix.example applies. The policy for this domain is sp=quarantine"),
    Case(TREE, "a.b.c.d.e.f.g.h.i.tree.example", "dmarc", "ok", ("dmarc_inherited",)),
    Case(TREE, "x.servfail-above.servfail-tree.example", "dmarc", "unknown", ("unanswered",),
         publish=""),
    Case("external rua authorisation", "dmarc-external.example", "dmarc", "warning",
         ("dmarc_external",), "Reports go to strict.example, which does not allow reports",
         "v=DMARC1"),
    Case("rua domain has MX", "dmarc-rua-dead.example", "dmarc", "warning",
         ("dmarc_rua_mx", "dmarc_obsolete"), "dmarc-rua-dead.example, which does not accept mail"),
    Case(ERROR, "dmarc-servfail.example", "dmarc", "unknown", ("unanswered",), "SERVFAIL", ""),
]
# fmt: on


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_dmarc(case, checked):
    case.verify(checked)


@pytest.mark.parametrize(
    ("domain", "policy", "source", "record", "tag", "organization"),
    [
        ("tree.example", "reject", "own", "tree.example", "p", "tree.example"),
        ("news.tree.example", "quarantine", "inherited", "tree.example", "sp", "tree.example"),
        ("gone.tree.example", "reject", "inherited", "tree.example", "np", "tree.example"),
        ("unit.tree.example", "quarantine", "own", "unit.tree.example", "p", "unit.tree.example"),
        ("shop.suffix.example", "quarantine", "inherited", "suffix.example", "sp",
         "shop.suffix.example"),
        ("dmarc-missing.example", None, None, None, None, "dmarc-missing.example"),
    ],
)  # fmt: skip
def test_policy_and_its_source(checked, domain, policy, source, record, tag, organization):
    facts = checked(domain)["dmarc"].facts
    assert (facts["policy"], facts["source"], facts["domain"]) == (policy, source, record)
    assert (facts["tag"], facts["organizational_domain"]) == (tag, organization)


def test_record_for_the_other_side(checked):
    (operation,) = checked("dmarc-external.example")["dmarc"].operations
    assert operation.name == "dmarc-external.example._report._dmarc.strict.example"
    assert operation.domain == "strict.example"


def test_long_names_are_not_walked_label_by_label(checked, world):
    checked("a.b.c.d.e.f.g.h.i.tree.example")
    asked = {name for name, _type, _how in world.queries if name.startswith("_dmarc.")}
    assert "_dmarc.e.f.g.h.i.tree.example" in asked
    assert "_dmarc.d.e.f.g.h.i.tree.example" not in asked
