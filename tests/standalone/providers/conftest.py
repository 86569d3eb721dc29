"""Mailjet's account as the sandbox plays it, and the real client for it."""

import pytest

from dev.sandbox import Sandbox
from providers import PROVIDERS
from providers.api import Credentials


@pytest.fixture
def mailjet(monkeypatch):
    with Sandbox() as sandbox:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", sandbox.ca_bundle)
        yield sandbox.mailjet


@pytest.fixture
def mailjet_api(mailjet):
    credentials = Credentials(mailjet.api_url, user=mailjet.user, password=mailjet.password)
    with PROVIDERS["mailjet"].api(credentials) as api:
        yield api


@pytest.fixture
def account(mailjet_api):
    return PROVIDERS["mailjet"].account(mailjet_api)
