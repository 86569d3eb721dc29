"""After doing exactly what is shown, nothing is wrong and every sender still passes."""

import json

import pytest
from conftest import ZONES, expectations_of, fast
from followed import domains_of, followed, lost, senders

from dev.dns_check import as_dict
from dns_check import check
from lab.sandbox.dns import DnsServer, load_zones
from lab.sandbox.dns_panel import DnsPanel

pytestmark = pytest.mark.slow

ALL = load_zones(*ZONES)
# But the provider's own record, which has no provider in it
DOMAINS = [domain for domain in domains_of(ALL) if domain != "spf.mailjet.com"]
DOMAINS.append("news.wildcard-sub.example")
NEW = domains_of(load_zones(*(path for path in ZONES if path.stem == "broken")))
# These messages say that, and why, no record that can be published here helps.
NO_RECORD_HELPS = {
    *("spf_full", "spf_full_keep", "spf_full_provider", "spf_foreign", "alias_in_the_way"),
    "bad_name",
}
OURS = "include:spf.mailjet.com"
MS = "include:spf.protection.outlook.com"
IP = "v=spf1 include:spf.mailjet.com ip4:203.0.113"

# Domain → the record that is proposed; "" for none
SPF = {
    "two-services.example": f"v=spf1 {OURS} {MS} include:servers.mcsv.net -all",
    "own-server.example": f"v=spf1 {OURS} a mx ip4:203.0.113.5 -all",
    "macro-service.example": f"v=spf1 {OURS} include:_spf.salesforce.com ip4:203.0.113.8 ~all",
    "negative.example": f"v=spf1 {OURS} -ip4:203.0.113.9 ip4:203.0.113.0/24 -all",
    "explained.example": f"v=spf1 {OURS} ip4:203.0.113.0/24 exp=why.explained.example -all",
    "redirected.example": f"v=spf1 {OURS} redirect=two-services.example",
    "reporting.example": f"v=spf1 {OURS} ra=postmaster ip4:203.0.113.0/24 -all",
    "two-records.example": f"v=spf1 {OURS} {MS} ~all",
    "three-records.example": f"v=spf1 {OURS} a:out1.billing.example include:sendgrid.net "
    "ip4:203.0.113.20 ?all",
    "same-twice.example": f"v=spf1 {OURS} ~all",
    "record-and-redirect.example": f"v=spf1 {OURS} include:two-services.example ~all",
    "record-and-broken.example": f"{IP}.21 ~all",
    "joined.example": f"v=spf1 {MS} {OURS} -all",
    "two-redirects.example": f"v=spf1 {OURS} include:two-services.example "
    "include:own-server.example ~all",
    "version-space.example": f"{IP}.22 ~all",
    "version-colon.example": f"{IP}.22 ~all",
    "version-comma.example": f"{IP}.22 ~all",
    "version-alone.example": f"{IP}.22 ~all",
    "version-semicolon.example": f"{IP}.22 ~all",
    "version-missing.example": f"{IP}.22 ~all",
    "version-typo.example": f"{IP}.22 ~all",
    "version-glued.example": f"{IP}.22 ~all",
    "version-named.example": f"{IP}.22 ~all",
    "quoted.example": f"{IP}.22 ~all",
    "length-zero.example": f"{IP}.0/24 -all",
    "length-long.example": f"{IP}.23 -all",
    "length-mask.example": f"{IP}.0/24 -all",
    "length-blank.example": f"{IP}.0/24 -all",
    "length-ip6.example": f"v=spf1 {OURS} ip6:2001:db8::1 -all",
    "wrong-family.example": f"{IP}.24 ip6:2001:db8::2 -all",
    "zeros.example": f"{IP}.25 -all",
    "port.example": f"{IP}.26 -all",
    "short-name.example": f"v=spf1 {OURS} a:mail.short-name.example -all",
    "comma-list.example": f"{IP}.28 ip4:203.0.113.29 -all",
    "comma-includes.example": f"v=spf1 {OURS} include:sendgrid.net -all",
    "glued-all.example": f"v=spf1 include:sendgrid.net {OURS} -all",
    "url.example": f"{IP}.30 -all",
    "typo.example": f"{IP}.31 -all",
    "bare-address.example": f"v=spf1 ip4:203.0.113.32 {OURS} -all",
    "bare-name.example": f"v=spf1 include:sendgrid.net {OURS} a:out1.billing.example -all",
    "equals.example": f"{IP}.33 -all",
    "blank-sign.example": f"{IP}.34 -all",
    "blank-colon.example": f"{IP}.35 -all",
    "dash.example": f"{IP}.36 -all",
    "redirect-colon.example": f"v=spf1 {OURS} redirect=two-services.example",
    "all-first.example": f"{IP}.37 -all",
    "twice.example": f"v=spf1 {OURS} include:sendgrid.net ip4:203.0.113.38 -all",
    "final-dots.example": "",
    "stopped-service.example": f"v=spf1 ip4:203.0.113.50 {OURS} -all",
    "own-mx-void.example": f"v=spf1 a {OURS} -all",
    "somebody-elses.example": "",
    "somebody-elses-names.example": "",
    "anybody.example": f"v=spf1 {OURS} -all",
    "plus-all.example": f"{IP}.52 ~all",
    "full.example": "",
    "full-and-broken.example": "",
    "eleven.example": "",
    "room-for-one.example": f"v=spf1 {OURS} include:billing.example include:crm.hubspot.example "
    "mx -all",
    "full-after-merge.example": "",
    "news.wildcard-sub.example": f"v=spf1 {OURS} ip4:203.0.113.75 -all",
    "alias.example": None,  # blocked
    "alias-right.example": "",
}
REPORTS = "rua=mailto:x@agency.example"
BOTH = "rua=mailto:x@agency.example,mailto:y@agency.example"
DMARC = {
    "dmarc-lower.example": f"v=DMARC1; p=reject; {REPORTS}",
    "dmarc-zero.example": "v=DMARC1; p=quarantine",
    "dmarc-space.example": "v=DMARC1; p=quarantine",
    "dmarc-colon.example": f"v=DMARC1; p=quarantine; {REPORTS}",
    "dmarc-commas.example": f"v=DMARC1; p=reject; {REPORTS}",
    "dmarc-blanks.example": f"v=DMARC1; p=reject; {REPORTS}",
    "dmarc-glued.example": "v=DMARC1; p=reject",
    "dmarc-no-version.example": f"v=DMARC1; p=reject; {REPORTS}",
    "dmarc-last.example": f"v=DMARC1; p=reject; {REPORTS}",
    "dmarc-semicolons.example": "",
    "dmarc-underscore.example": f"v=DMARC1; p=reject; {REPORTS}",
    "tag-p-colon.example": f"v=DMARC1; p=quarantine; {REPORTS}",
    "tag-p-typo.example": "v=DMARC1; p=quarantine",
    "tag-p-name.example": "v=DMARC1; p=reject",
    "tag-p-none.example": f"v=DMARC1; p=none; sp=reject; {REPORTS}",
    "tag-sp.example": f"v=DMARC1; p=reject; sp=reject; {REPORTS}",
    "tag-np.example": f"v=DMARC1; p=reject; np=none; {REPORTS}",
    "tag-rua.example": f"v=DMARC1; p=reject; {REPORTS}; ruf=mailto:y@agency.example",
    "tag-rua-semicolon.example": f"v=DMARC1; p=reject; {BOTH}",
    "tag-rua-blank.example": f"v=DMARC1; p=reject; {BOTH}",
    "tag-rua-twice.example": f"v=DMARC1; p=reject; {BOTH}",
    "tag-rua-mailbox.example": "v=DMARC1; p=reject; rua=mailto:postmaster@tag-rua-mailbox.example",
    "tag-ruf-web.example": f"v=DMARC1; p=reject; {REPORTS}",
    "tag-adkim.example": f"v=DMARC1; p=reject; {REPORTS}; adkim=s; aspf=r",
    "tag-fo.example": f"v=DMARC1; p=reject; {REPORTS}; fo=1:d",
    "tag-t.example": f"v=DMARC1; p=reject; {REPORTS}; t=y",
    "tag-psd.example": f"v=DMARC1; p=reject; {REPORTS}; psd=n",
    "tag-pct.example": f"v=DMARC1; p=reject; {REPORTS}; pct=50",
    "tag-kept.example": f"v=DMARC1; p=reject; {REPORTS}; fo=1; adkim=s; ri=3600; note=ours",
    "three-policies.example": f"v=DMARC1; p=none; {BOTH}",
    "right-and-wrong.example": "",
    "both-wrong.example": f"v=DMARC1; p=none; {REPORTS}",
    "sub.inherits.example": "v=DMARC1; p=none",
    "dmarc-alias.example": "v=DMARC1; p=none; rua=mailto:postmaster@dmarc-alias.example",
    "dmarc-alias-wrong.example": "v=DMARC1; p=none",
    "dmarc-alias-right.example": "",
}


@pytest.fixture(scope="module")
def world():
    with DnsServer() as server:
        yield server


@pytest.fixture(scope="module", autouse=True)
def panel(world):
    return DnsPanel(world, ALL)


def results_of(world, domain, key):
    # A busy machine needs its time.
    results = check(domain, expectations_of(domain, key), fast(world, timeout=1.0))
    assert not [result for result in results if "internal" in result.codes]
    # As somebody's program reads it
    return json.loads(json.dumps({result.name: as_dict(result) for result in results}))


def codes_of(results):
    return {problem["code"] for result in results.values() for problem in result["problems"]}


def operations_of(results):
    found = []
    for result in results.values():
        found += [one for one in result["operations"] if one not in found]
    return found


def test_there_are_enough():
    assert len(NEW) >= 60
    assert len(SPF) + len(DMARC) >= 60
    assert set(SPF) | set(DMARC) <= set(DOMAINS)


@pytest.mark.parametrize("domain", DOMAINS)
def test_what_is_shown_is_followed(world, panel, domain, mailjet_key):
    before = results_of(world, domain, mailjet_key)
    passing = senders(world, domain)
    with followed(panel, operations_of(before)):
        after = results_of(world, domain, mailjet_key)
        gone = lost(world, domain, passing)
    said = codes_of(before)
    wrong = {name for name, result in after.items() if result["status"] == "fail"}
    if wrong:
        explained = NO_RECORD_HELPS & said
        assert explained, {name: after[name]["problems"] for name in wrong}
    if gone and "spf_narrowed" not in said:
        # Only `+all` let them pass, and the text says that it will not any more.
        assert "spf_all_pass" in said, gone
    # Nothing gets worse.
    order = {"ok": 0, "info": 0, "warning": 1, "unknown": 2, "fail": 3}
    for name, result in after.items():
        assert order[result["status"]] <= max(order[before[name]["status"]], 1), result


@pytest.mark.parametrize("domain", SPF)
def test_what_was_meant_is_kept_in_spf(world, domain, mailjet_key):
    results = results_of(world, domain, mailjet_key)
    operations = results["spf"]["operations"] or results["spf_esp"]["operations"]
    texts = [one for one in operations if one["type"] == "TXT" and one["action"] != "blocked"]
    if SPF[domain] is None:
        assert [one["action"] for one in operations] == ["blocked"]
    elif texts:
        assert [one["value"] for one in texts] == [SPF[domain]]
    elif SPF[domain]:
        # It is there already; the others go.
        assert {"TXT": SPF[domain]} in ALL[domain]
        assert {one["action"] for one in operations} == {"remove"}


@pytest.mark.parametrize("domain", DMARC)
def test_what_was_meant_is_kept_in_dmarc(world, domain, mailjet_key):
    operations = results_of(world, domain, mailjet_key)["dmarc"]["operations"]
    here = [one["value"] for one in operations if one["domain"] == domain and one["value"]]
    assert here == [DMARC[domain]] * bool(DMARC[domain])


@pytest.mark.parametrize(
    ("domain", "keep", "first"),
    [
        ("full.example", "include:_spf.google.com", "include:crm.hubspot.example (4)"),
        ("eleven.example", "mx", "include:billing.example (4)"),
    ],
)
def test_what_to_take_out_of_a_full_record(world, domain, keep, first, mailjet_key):
    """By cost, never the provider, and the company's own mailboxes last."""
    results = results_of(world, domain, mailjet_key)
    for name in ("spf", "spf_esp"):
        for problem in results[name]["problems"]:
            if problem["code"].startswith("spf_full"):
                text = " ".join(problem["texts"])
                assert f"needs some of them: {first}" in text
                assert f"Keep “{keep}”" in text
                assert OURS not in text
                break
        else:
            assert results[name]["status"] == "ok"


def test_nothing_is_said_of_a_final_semicolon(world, mailjet_key):
    assert results_of(world, "dmarc-semicolons.example", mailjet_key)["dmarc"]["status"] == "ok"


def test_aliases(world, mailjet_key):
    def operations(domain, check):
        found = results_of(world, domain, mailjet_key)[check]["operations"]
        return [(one["action"], one["old_type"], one["old_value"]) for one in found]

    hosted = "shops.hosting.example"
    assert operations("alias.example", "spf") == []
    assert operations("alias.example", "spf_esp") == [("blocked", "CNAME", hosted)]
    assert operations("alias-right.example", "spf_esp") == []
    gone = "gone.dmarc.service.example"
    assert operations("dmarc-alias.example", "dmarc") == [("replace", "CNAME", gone)]
    assert operations("dkim-alias-wrong.example", "dkim") == [("replace", "CNAME", hosted)]
    # The answer of a wildcard does not prevent publishing a record.
    for domain in ("wildcard-alias.example", "wildcard-text.example"):
        for check_name in ("dmarc", "dkim", "ownership"):
            assert operations(domain, check_name) == [("add", None, None)]


def test_what_changes_is_marked(world, mailjet_key):
    results = results_of(world, "length-zero.example", mailjet_key)
    [operation] = results["spf"]["operations"]
    pieces = operation["difference"]
    assert ["gone", "ip4:203.0.113.0/024"] in pieces
    assert ["new", "ip4:203.0.113.0/24"] in pieces
    old = "".join(text for change, text in pieces if change != "new")
    new = "".join(text for change, text in pieces if change != "gone")
    assert (old, new) == (operation["old_value"], operation["value"])
