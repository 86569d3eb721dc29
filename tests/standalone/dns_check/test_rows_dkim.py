"""Rows of the feature table: DKIM."""

import pytest
from rows import Case

AT, SAME = "DKIM at the ESP's selector", "key equals the ESP's"
PASTED = "hint: pasted quotes, backslashes, smart quotes, en dash, BOM"
KEY = "revoked, size, type, t=y, h=, s=, bad base64, cut at 255"
CNAME = "CNAME target right / dangling"
ERROR = "temporary DNS error as its own state"

ANY = {"dkim": [{"host": "mailjet._domainkey"}]}
ALIAS = {"dkim": [{"host": "s1._domainkey", "cname": "s1.dkim.provider.example"}]}


# fmt: off
CASES = [
    Case(AT, "dkim-right.example", "dkim", "ok", publish=""),
    Case(AT, "dkim-missing.example", "dkim", "fail", ("dkim_missing",)),
    Case(AT, "dkim-missing.example", "dkim", "fail", ("dkim_missing",), "Ask Mailjet",
         publish="", expect=ANY),
    Case(AT, "dkim-missing.example", "dkim", "info", ("dkim_not_known",), expect={"dkim": []}),
    Case(AT, "dkim-none.example", "dkim", "fail", ("dkim_none",)),
    Case(AT, "dkim-several.example", "dkim", "fail", ("dkim_several",), "2 TXT records"),
    Case(SAME, "dkim-folded.example", "dkim", "ok"),
    Case(SAME, "dkim-other.example", "dkim", "fail", ("dkim_other",),
         "but Mailjet signs with MIIB"),
    Case(SAME, "dkim-other.example", "dkim", "ok", expect=ANY),
    Case(SAME, "dkim-pkcs1.example", "dkim", "ok", expect=ANY),
    Case("hint: pasted at doubled name", "dkim-doubled.example", "dkim", "fail", ("at_doubled",),
         "enter only “mailjet._domainkey”"),
    Case("hint: token/DMARC at the apex, DKIM at the parent", "news.dkim-parent.example", "dkim",
         "fail", ("at_parent",), "The record is at mailjet._domainkey.dkim-parent.example"),
    Case("hint: token/DMARC at the apex, DKIM at the parent", "dkim-apex.example", "dkim",
         "fail", ("at_apex",), "The record is at dkim-apex.example itself"),
    Case(PASTED, "dkim-quotes.example", "dkim", "fail", ("dkim_pasted",), "1: a quotation mark"),
    Case(PASTED, "dkim-backslash.example", "dkim", "fail", ("dkim_pasted",),
         "position 6: a backslash"),
    Case(PASTED, "dkim-smart.example", "dkim", "fail", ("dkim_pasted",),
         "position 1: a typographic quotation mark (“)"),
    Case(PASTED, "dkim-bom.example", "dkim", "fail", ("dkim_pasted",), "byte order mark"),
    Case(PASTED, "dkim-inner-quotes.example", "dkim", "fail", ("dkim_pasted",),
         "position 250: a quotation mark"),
    Case(PASTED, "dkim-zone-file.example", "dkim", "fail", ("dkim_pasted",),
         "“mailjet._domainkey IN TXT ”, which is not part of the value"),
    Case(PASTED, "dkim-dash.example", "dkim", "fail", ("dkim_pasted",), "position 70: a dash"),
    Case("wildcard TXT answers everything", "dkim-wildcard.example", "dkim", "fail",
         ("dkim_none", "wildcard"), "*.dkim-wildcard.example"),
    Case(KEY, "dkim-revoked.example", "dkim", "fail", ("dkim_revoked",)),
    Case(KEY, "dkim-512.example", "dkim", "fail", ("dkim_short",), "512 bits", publish="",
         expect=ANY),
    Case(KEY, "dkim-1024.example", "dkim", "warning", ("dkim_1024",), "1024 bits", expect=ANY),
    Case(KEY, "dkim-type.example", "dkim", "fail", ("dkim_type",), "“dsa”"),
    Case(KEY, "dkim-ed25519.example", "dkim", "warning", ("dkim_ed25519",), expect=ANY),
    Case(KEY, "dkim-testing.example", "dkim", "warning", ("dkim_testing",), "t=y"),
    Case(KEY, "dkim-subdomains.example", "dkim", "ok"),
    Case(KEY, "dkim-sha1.example", "dkim", "fail", ("dkim_hash",)),
    Case(KEY, "dkim-service.example", "dkim", "fail", ("dkim_service",)),
    Case(KEY, "dkim-base64.example", "dkim", "fail", ("dkim_base64",),
         "“*” at position 60"),
    Case(KEY, "dkim-cut.example", "dkim", "fail", ("dkim_cut",), "is cut off"),
    Case(KEY, "dkim-cut.example", "dkim", "fail", ("dkim_cut",),
         "is cut off", publish="", expect=ANY),
    Case(KEY, "dkim-no-key.example", "dkim", "fail", ("dkim_no_key",)),
    Case(KEY, "dkim-version.example", "dkim", "fail", ("dkim_version",), "does not begin with"),
    Case(KEY, "dkim-repeated.example", "dkim", "fail", ("dkim_repeated",), "“k=”"),
    Case(KEY, "dkim-syntax.example", "dkim", "fail", ("dkim_syntax",), "“what” at position 8"),
    Case(CNAME, "dkim-cname.example", "dkim", "ok", expect=ALIAS),
    Case(CNAME, "dkim-cname-other.example", "dkim", "fail", ("dkim_target",),
         "should be an alias of s1.dkim.provider.example", "s1.dkim.provider.example",
         expect=ALIAS),
    Case(CNAME, "dkim-cname-dangling.example", "dkim", "fail", ("dkim_dangling", "dkim_target"),
         "an alias of gone.dkim.provider.example, which has no key",
         "s1.dkim.provider.example", expect=ALIAS),
    Case(CNAME, "dkim-cname-txt.example", "dkim", "fail", ("dkim_no_cname",), "should be an alias",
         "s1.dkim.provider.example", expect=ALIAS),
    Case(CNAME, "dkim-missing.example", "dkim", "fail", ("dkim_missing",),
         publish="s1.dkim.provider.example", expect=ALIAS),
    Case(ERROR, "dkim-servfail.example", "dkim", "unknown", ("unanswered",), "SERVFAIL", ""),
    Case(ERROR, "dkim-loop.example", "dkim", "unknown", ("unanswered",), "form a loop", ""),
]
# fmt: on


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_dkim(case, checked):
    case.verify(checked)


def test_both_ends_of_both_keys_are_shown(checked, mailjet_key):
    advice = str(checked("dkim-other.example")["dkim"].problems[0])
    assert mailjet_key.removeprefix("k=rsa; p=")[:44] in advice
    assert f"…{mailjet_key[-16:]}" in advice


def test_facts(checked):
    (key,) = checked("dkim-right.example")["dkim"].facts["keys"]
    assert key == {
        "name": "mailjet._domainkey.dkim-right.example",
        "usable": True,
        "type": "rsa",
        "bits": 2048,
        "testing": False,
        "same": True,
        "cname": None,
        "records": 1,
    }


def test_chain_is_shown(checked):
    found = str(checked("dkim-cname.example", **ALIAS)["dkim"].found)
    assert "s1._domainkey.dkim-cname.example → s1.dkim.provider.example" in found


def test_each_of_several_keys_is_checked(checked):
    keys = [{"host": "mailjet._domainkey"}, {"host": "other._domainkey", "value": "k=rsa; p=AA=="}]
    result = checked("dkim-right.example", dkim=keys)["dkim"]
    assert [key["usable"] for key in result.facts["keys"]] == [True, False]
    assert [one.host for one in result.operations] == ["other._domainkey"]
