# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How Mailjet's REST resources are read. Source: dev.mailjet.com, "Basics"."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from .send import MailjetApi

PAGE = 1000  # Mailjet's most; without a number it lists ten


class Rest:
    """Reads rows. Every method raises `api.ApiError`."""

    _api: MailjetApi

    def _list(self, resource: str) -> list[dict[str, Any]]:
        """Return all rows of a resource."""
        return list(chain.from_iterable(self._pages(resource, {})))

    def _pages(self, resource: str, params: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
        """Yield all rows of a resource, page by page."""
        count = 0
        while True:
            paging = {"Limit": PAGE, "Offset": count, "Sort": "ID"}
            page = self._rows("GET", resource, params={**params, **paging})
            yield page
            count += len(page)
            if len(page) < PAGE:
                return

    def _rows(self, method: str, path: str, **options: Any) -> list[dict[str, Any]]:
        """Return the rows of an answer."""
        rows = self._api.call(method, path, **options).get("Data")
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
