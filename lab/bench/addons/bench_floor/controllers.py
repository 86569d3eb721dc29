"""The floor, and the people who keep Odoo busy."""

import json
import time

from odoo import http
from odoo.http import request

_BUSY = 0.3  # seconds of a person's request


class Floor(http.Controller):  # type: ignore[misc]  # Odoo has no types
    @http.route(  # type: ignore[untyped-decorator]
        "/bench/floor", type="http", auth="none", methods=["POST"], csrf=False, save_session=False
    )
    def floor(self) -> http.Response:
        """Read an event and insert it: what any controller that stores something must do."""
        body = request.httprequest.get_data()
        event = json.loads(body)
        request.env.cr.execute(
            """
            INSERT INTO bench_event (event, recipient, message_id, occurred_at, payload)
            VALUES (%s, %s, %s, %s, %s)
            """,
            [event["event"], event["to"], event["msgid"], event["timestamp"], body.decode()],
        )
        return request.make_response("")

    @http.route(  # type: ignore[untyped-decorator]
        "/bench/person", type="http", auth="none", csrf=False, save_session=False
    )
    def person(self) -> http.Response:
        """Hold a worker, as a person's request does. It leaves the processors alone: what is
        measured is a worker that isn't free, not a machine that is too small."""
        time.sleep(_BUSY)
        return request.make_response("")
