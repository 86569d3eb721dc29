"""Every payload of tests/fixtures/<provider>/ means the event beside it."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from providers import PROVIDERS
from providers.base import Event

FIXTURES = Path(__file__).parents[2] / "fixtures"
PAYLOADS = [
    pytest.param(path.parent.name, path, id=f"{path.parent.name}/{path.stem}")
    for path in sorted(FIXTURES.glob("*/*.json"))
    if not path.name.endswith(".event.json")
]
MISPRINTED = sorted(FIXTURES.glob("aldeamo/as_printed/*.txt"))


def test_each_provider_has_fixtures():
    assert {param.values[0] for param in PAYLOADS} == set(PROVIDERS)
    assert sum(param.values[0] == "aldeamo" for param in PAYLOADS) == 15
    assert len(MISPRINTED) == 5


@pytest.mark.parametrize(("provider", "path"), PAYLOADS)
def test_payload_means_event(provider, path):
    expected = json.loads(path.with_suffix(".event.json").read_text())
    expected["occurred_at"] = datetime.fromisoformat(expected["occurred_at"])
    (received,) = PROVIDERS[provider].receive(path.read_bytes())
    assert received.event == Event(**expected)
    assert received.error is None
    assert json.loads(received.payload) == json.loads(path.read_text())


@pytest.mark.parametrize("path", MISPRINTED, ids=lambda path: path.stem)
def test_misprinted_payload_is_kept_with_the_reason(path):
    (received,) = PROVIDERS["aldeamo"].receive(path.read_bytes())
    assert received.event is None
    assert received.error.startswith("Not valid JSON: ")
    assert received.payload == path.read_text()
