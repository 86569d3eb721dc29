"""Rows of the feature table: SPF."""

import pytest
from rows import Case

MISSING, SEVERAL = "SPF missing", "SPF several"
BEFORE, AFTER = "SPF syntax before all", "SPF syntax after all"
PASTED = "hint: pasted quotes, backslashes, smart quotes, en dash, BOM"
TEN, VOID, LOOPS = "10 look-ups", "void look-ups", "loops"
NONE, FAILS = "include without SPF", "include SERVFAIL/time-out"
ALL, NEUTRAL = "+all / bare all", "?all, no all"
IDLE = "redirect beside all, terms after all"
SIZE = "size > 450/512 B, type SPF"
PASS, REFUSED = "ESP gets pass", "ESP include after all / ? / - / past look-up 10"
ERROR = "temporary DNS error as its own state"

OURS = "v=spf1 include:spf.mailjet.com"

# fmt: off
CASES = [
    Case(PASS, "spf-right.example", "spf", "ok", publish=""),
    Case(PASS, "spf-right.example", "spf_esp", "ok", publish=""),
    Case(MISSING, "spf-missing.example", "spf", "fail", ("spf_missing",), publish=f"{OURS} ~all"),
    Case(MISSING, "spf-missing.example", "spf_esp", "fail", ("spf_esp_no_record",),
         publish=f"{OURS} ~all"),
    Case(SEVERAL, "spf-several.example", "spf", "fail", ("spf_several",),
         publish="v=spf1 include:_spf.google.com include:spf.mailjet.com ?all"),
    Case(SEVERAL, "spf-several.example", "spf_esp", "fail", ("spf_esp_invalid",)),
    Case(PASTED, "spf-quotes.example", "spf", "fail", ("spf_mistaken",),
         "at position 1: a quotation mark", f"{OURS} ~all"),
    Case(PASTED, "spf-bom.example", "spf", "fail", ("spf_mistaken",), "byte order mark"),
    Case(PASTED, "spf-dash.example", "spf", "fail", ("spf_syntax",),
         "“–all” at position 32", f"{OURS} -all"),
    Case(PASTED, "spf-blank.example", "spf", "fail", ("spf_mistaken",), "an extra space"),
    Case(BEFORE, "spf-ipv4.example", "spf", "fail", ("spf_syntax",),
         "“ipv4:192.0.2.1” at position 32 of the record is wrong",
         f"{OURS} ip4:192.0.2.1 ~all"),
    Case(BEFORE, "spf-comma.example", "spf", "fail", ("spf_syntax",),
         "it should be “include:spf.mailjet.com”", f"{OURS} a:mail.example ~all"),
    Case(BEFORE, "spf-glued.example", "spf", "fail", ("spf_syntax",),
         "it should be “include:spf.mailjet.com ~all”", f"{OURS} ~all"),
    Case(BEFORE, "spf-tab.example", "spf", "fail", ("spf_syntax",), "\\t"),
    Case(BEFORE, "spf-unknown.example", "spf", "fail", ("spf_syntax", "spf_left_out"),
         "leaves out: “nonsense:x” (its meaning is not",
         f"{OURS} ~all"),
    Case(BEFORE, "spf-a-address.example", "spf", "fail", ("spf_syntax",),
         "it should be “ip4:192.0.2.1”", "v=spf1 ip4:192.0.2.1 include:spf.mailjet.com ~all"),
    Case(BEFORE, "spf-space.example", "spf", "fail", ("spf_syntax",),
         "it should be “include:spf.mailjet.com”", f"{OURS} ~all"),
    Case(BEFORE, "spf-equals.example", "spf", "warning", ("spf_equals",),
         "“include=spf.mailjet.com” has an equals sign (=)", f"{OURS} ~all"),
    Case(BEFORE, "spf-equals.example", "spf_esp", "fail", ("spf_esp_missing",)),
    Case(AFTER, "spf-behind.example", "spf", "fail", ("spf_syntax",),
         "it should be “ip4:192.0.2.1”", f"{OURS} ip4:192.0.2.1 ~all"),
    Case(AFTER, "spf-behind.example", "spf_esp", "fail", ("spf_esp_invalid",)),
    Case("V=SPF1", "spf-upper.example", "spf", "ok"),
    Case("V=SPF1", "spf-upper.example", "spf_esp", "ok"),
    Case(TEN, "spf-ten.example", "spf", "ok"),
    Case(TEN, "spf-eleven.example", "spf", "fail", ("spf_too_many_lookups", "spf_full"),
         "“include:heavy.example” alone needs 9"),
    Case(TEN, "spf-eleven.example", "spf_esp", "ok"),
    Case(VOID, "spf-void.example", "spf", "warning", ("spf_void", "spf_left_out"), "a:gone.example",
         f"{OURS} ~all"),
    Case(VOID, "spf-voids.example", "spf", "fail", ("spf_too_many_voids", "spf_left_out"),
         "a:gone.example, mx:gone.example, exists:gone.example", f"{OURS} ~all"),
    Case(VOID, "spf-voids.example", "spf_esp", "fail", ("spf_esp_invalid", "spf_left_out")),
    Case(VOID, "spf-ipv4-only.example", "spf", "ok"),
    Case(LOOPS, "spf-loop.example", "spf", "fail", ("spf_loop", "spf_left_out"),
         "spf-loop.example → loop2.example → spf-loop.example", f"{OURS} ~all"),
    Case(NONE, "spf-include-none.example", "spf", "fail", ("spf_include_none", "spf_left_out"),
         "“include:mail.example”", f"{OURS} ~all"),
    Case(NONE, "spf-include-none.example", "spf_esp", "fail", ("spf_esp_invalid", "spf_left_out")),
    Case(NONE, "spf-include-several.example", "spf", "fail",
         ("spf_include_several", "spf_left_out")),
    Case(NONE, "spf-include-syntax.example", "spf", "fail",
         ("spf_include_syntax", "spf_left_out")),
    Case(FAILS, "spf-include-servfail.example", "spf", "unknown", ("unanswered",),
         "(“include:servfail.example”, spf-include-servfail.example): the name server", ""),
    Case(FAILS, "spf-include-servfail.example", "spf_esp", "unknown", ("unanswered",), publish=""),
    Case(ERROR, "spf-servfail.example", "spf", "unknown", ("unanswered",), "SERVFAIL", ""),
    Case(ERROR, "spf-refused.example", "spf", "unknown", ("unanswered",), "REFUSED", ""),
    Case(ERROR, "spf-timeout.example", "spf", "unknown", ("unanswered",), "did not answer", ""),
    Case(ERROR, "spf-timeout.example", "spf_esp", "unknown", ("unanswered",), "did not answer", ""),
    Case(ALL, "spf-plus-all.example", "spf", "fail", ("spf_all_pass",), "anybody", f"{OURS} ~all"),
    Case(ALL, "spf-bare-all.example", "spf", "fail", ("spf_all_pass",), "“all”", f"{OURS} ~all"),
    Case(ALL, "spf-whole-internet.example", "spf", "fail", ("spf_all_pass", "spf_narrowed"),
         "ip4:0.0.0.0/0",
         f"{OURS} ~all"),
    Case(ALL, "spf-include-plus-all.example", "spf", "fail", ("spf_all_pass", "spf_duplicate",
         "spf_narrowed"),
         "“include:spf-plus-all.example” lets anybody", f"{OURS} ~all"),
    Case(NEUTRAL, "spf-neutral.example", "spf", "ok", ("spf_neutral_all",), publish=""),
    Case(NEUTRAL, "spf-no-all.example", "spf", "warning", ("spf_no_all",), publish=f"{OURS} ~all"),
    Case("ptr", "spf-ptr.example", "spf", "warning", ("spf_ptr",), "ip4:192.0.2.1", ""),
    Case(IDLE, "spf-redirect-all.example", "spf", "warning", ("spf_redirect_ignored",),
         publish=f"{OURS} include:_spf.google.com ~all"),
    Case(IDLE, "spf-after-all.example", "spf", "warning", ("spf_after_all",),
         "“a:mail.example” comes after “~all”", f"{OURS} a:mail.example ~all"),
    Case(IDLE, "spf-redirect.example", "spf", "ok"),
    Case("duplicate include", "spf-duplicate.example", "spf", "warning", ("spf_duplicate",),
         publish=f"{OURS} ~all"),
    Case("> 10 MX in mx", "spf-mx.example", "spf", "fail", ("spf_too_many_mx", "spf_copied_mx"),
         "“mx”",
         f"{OURS} {' '.join(f'ip4:192.0.2.{n}' for n in range(101, 111))} ip4:192.0.2.25 ~all"),
    Case("macros validated", "spf-macros.example", "spf", "ok", ("spf_macros",),
         "could not check this part"),
    Case("macros validated", "spf-bad-macros.example", "spf", "fail", ("spf_syntax",
         "spf_left_out"), "%{z}"),
    Case(SIZE, "spf-long.example", "spf", "ok", ("spf_long",), "461 characters"),
    Case(SIZE, "spf-type.example", "spf", "warning", ("spf_type",), "type SPF"),
    Case(PASS, "esp-nested.example", "spf_esp", "ok"),
    Case(PASS, "spf-redirect.example", "spf_esp", "ok"),
    Case(PASS, "esp-flattened.example", "spf_esp", "ok", ("spf_esp_copied",)),
    Case(PASS, "esp-partly.example", "spf_esp", "warning", ("spf_esp_partly",),
         "only 1 of 2 networks of Mailjet",
         f"{OURS} ip4:87.253.232.0/21 -all"),
    Case(PASS, "esp-missing.example", "spf_esp", "fail", ("spf_esp_missing",),
         publish=f"{OURS} include:_spf.google.com -all"),
    Case(PASS, "esp-missing.example", "spf_esp", "info", ("spf_esp_not_known",),
         expect={"spf": None}),
    Case(PASS, "spf-right.example", "spf_esp", "ok",
         expect={"spf": "v=spf1 include:spf.mailjet.com ?all"}),
    Case(PASS, "spf-right.example", "spf_esp", "ok", expect={"spf": "spf.mailjet.com"}),
    Case(PASS, "esp-silent.example", "spf_esp", "unknown", ("spf_esp_silent",),
         expect={"spf": "servfail.example"}),
    Case(REFUSED, "esp-after-all.example", "spf_esp", "fail", ("spf_esp_after_all",),
         publish="v=spf1 ip4:192.0.2.1 include:spf.mailjet.com -all"),
    Case(REFUSED, "esp-neutral.example", "spf_esp", "fail", ("spf_esp_qualifier",),
         publish=f"{OURS} -all"),
    Case(REFUSED, "esp-minus.example", "spf_esp", "fail", ("spf_esp_qualifier",),
         publish=f"{OURS} ~all"),
    Case(REFUSED, "esp-earlier.example", "spf_esp", "fail", ("spf_esp_earlier",),
         "“-ip4:87.0.0.0/8” comes first"),
    Case(REFUSED, "esp-past-limit.example", "spf_esp", "fail", ("spf_esp_past_limit", "spf_full"),
         "include:heavy.example (9), a:h9.example (1)", ""),
    Case(REFUSED, "esp-redirect-ignored.example", "spf_esp", "fail", ("spf_esp_redirect_ignored",),
         publish="v=spf1 ip4:192.0.2.1 include:spf.mailjet.com ~all"),
]
# fmt: on


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_spf(case, checked):
    case.verify(checked)


def test_tree_has_the_count_of_each_include(checked):
    facts = checked("spf-eleven.example")["spf"].facts
    assert facts["lookups"] == 12
    counts = {term["term"]: term["lookups"] for term in facts["tree"]["terms"]}
    assert counts["include:heavy.example"] == 9
    assert counts["include:spf.mailjet.com"] == 1
    assert len(facts["tree"]["terms"][1]["tree"]["terms"]) == 8
    assert checked("spf-ten.example")["spf"].facts["lookups"] == 10


def test_void_terms_are_named(checked):
    facts = checked("spf-voids.example")["spf"].facts
    assert facts["voids"] == 3
    assert facts["void_terms"] == ["a:gone.example", "mx:gone.example", "exists:gone.example"]
    assert checked("spf-ipv4-only.example")["spf"].facts["voids"] == 0


def test_the_removal_of_another_record_is_not_the_change_that_is_told_of(checked):
    """What takes too many look-ups is left to people; the record of type SPF is shown."""
    result = checked("spf-eleven-type.example")["spf"]
    assert [operation.old_type for operation in result.operations] == ["SPF"]
    [problem] = [one for one in result.problems if one.code == "spf_too_many_lookups"]
    assert "shown below" not in str(problem)
    assert "Remove the services that you no longer use" in str(problem)
