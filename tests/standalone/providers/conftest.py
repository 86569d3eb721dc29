"""Both providers in the sandbox, and the APIs that the addon reaches them with."""

import pytest
from sending import api_of, no_waiting

from lab.sandbox import Sandbox


@pytest.fixture
def sandbox(monkeypatch):
    with Sandbox() as running:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", running.ca_bundle)
        yield running


@pytest.fixture
def at_once(monkeypatch):
    no_waiting(monkeypatch)


@pytest.fixture
def mailjet_api(mailjet):
    with api_of("mailjet", mailjet) as api:
        yield api


@pytest.fixture
def aldeamo_api(aldeamo):
    with api_of("aldeamo", aldeamo) as api:
        yield api


@pytest.fixture(params=["mailjet", "aldeamo"])
def code(request):
    return request.param


@pytest.fixture
def account(code, sandbox):
    """The account at one provider, then at the other."""
    return getattr(sandbox, code)


@pytest.fixture
def api(code, account):
    with api_of(code, account) as api:
        yield api
