"""What the tests that run Odoo have in common."""

from collections.abc import Iterator

import pytest

from dev.postgres import Server, postgres


@pytest.fixture(scope="session")
def pg() -> Iterator[Server]:
    """A running PostgreSQL server."""
    with postgres() as server:
        yield server


@pytest.fixture
def mailjet(sandbox):
    """Mailjet of the folder's own sandbox."""
    return sandbox.mailjet


@pytest.fixture
def aldeamo(sandbox):
    """Aldeamo of the folder's own sandbox."""
    return sandbox.aldeamo
