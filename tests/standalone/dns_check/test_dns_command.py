"""`make dns-check`."""

import json

import pytest

from dev.console import Stop
from dev.dns_check import main
from dns_check import CHECKS
from lab import dns_publish


@pytest.fixture
def run(world, capsys, tmp_path):
    def run(domain, *options, expect=None):
        arguments = [domain, "--nameserver", world.address, *options]
        if expect is not None:
            path = tmp_path / "expect.json"
            path.write_text(expect if isinstance(expect, str) else json.dumps(expect))
            arguments += ["--expect", str(path)]
        assert main(arguments) == 0
        report = json.loads(capsys.readouterr().out)
        assert report["domain"] == domain
        assert [check["name"] for check in report["checks"]] == list(CHECKS)
        return {check["name"]: check for check in report["checks"]}

    return run


def test_without_any_expectation(run):
    checks = run("all-right.example")
    assert checks["spf"]["status"] == checks["dmarc"]["status"] == "ok"
    assert checks["ownership"]["status"] == checks["dkim"]["status"] == "info"


def test_provider(run):
    checks = run("esp-missing.example", "--provider", "mailjet")
    assert checks["spf_esp"]["status"] == "fail"
    [operation] = checks["spf_esp"]["operations"]
    assert operation == {
        "action": "replace",
        "host": "@",
        "name": "esp-missing.example",
        "domain": "esp-missing.example",
        "type": "TXT",
        "value": "v=spf1 include:spf.mailjet.com include:_spf.google.com -all",
        "old_type": "TXT",
        "old_value": "v=spf1 include:_spf.google.com -all",
        "difference": [
            ["same", "v=spf1"],
            ["new", " include:spf.mailjet.com"],
            ["same", " include:_spf.google.com -all"],
        ],
    }
    [problem] = checks["spf_esp"]["problems"]
    assert problem == {
        "code": "spf_esp_missing",
        "status": "fail",
        "texts": [
            "Mailjet is not in the SPF record.",
            "Mail that Mailjet sends for you does not pass SPF.",
            "Make the change shown below.",
        ],
    }


def test_expectations_of_a_file(run, mailjet_key):
    checks = run(
        "all-right.example",
        "--provider=aldeamo",
        expect={
            "ownership_host": "mailjet._3f9c0e7a",
            "ownership_token": "3f9c0e7ab81d",
            "spf": "spf.mailjet.com",
            "dkim_selector": "mailjet",
            "dkim_key": mailjet_key,
        },
    )
    for name in ("ownership", "spf", "spf_esp", "dkim", "dmarc", "alignment", "mx"):
        assert checks[name]["status"] == "ok", checks[name]
    assert "Aldeamo" in checks["alignment"]["found"]


@pytest.mark.parametrize(
    ("expect", "says"),
    [
        ("{", "is not JSON"),
        ("[]", "has no object"),
        ({"nonsense": 1}, "Expectations has no nonsense"),
        ({"spf": 5}, "spf is not a text"),
        ({"dkim": "x"}, "dkim is not a list"),
        ({"dkim": [{"value": "x"}]}, "no host"),
        ({"tracking": {"host": "x"}}, "tracking needs a host and a list of targets"),
    ],
)
def test_wrong_expectations(run, expect, says):
    with pytest.raises(Stop, match=says):
        run("all-right.example", expect=expect)


@pytest.mark.parametrize(("domain", "nameserver"), [("", "127.0.0.1:1"), ("a.example", "x")])
def test_wrong_arguments(domain, nameserver):
    with pytest.raises(Stop):
        main([domain, "--nameserver", nameserver])


@pytest.mark.parametrize("arguments", [["", "TXT", "x"], ["a.example", "TXT", ""]])
def test_nothing_is_published_without_a_name_and_a_value(arguments):
    with pytest.raises(Stop, match="which record"):
        dns_publish.main(arguments)
