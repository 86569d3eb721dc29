"""Odoo as the end-to-end tests share it."""

from collections.abc import Iterator

import pytest

from dev.databases import fresh_database
from dev.odoo import Odoo
from dev.postgres import Server


@pytest.fixture(scope="session")
def odoo(pg: Server) -> Iterator[Odoo]:
    """A running Odoo with the addon installed in a fresh database."""
    with Odoo(pg, fresh_database(pg, "e2e")) as server:
        yield server
