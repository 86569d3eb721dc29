"""Loaded into every Odoo that is measured (`--load`), and installed in no database.

Odoo listens with a backlog of 8 connections a worker. What comes on top is dropped and sent
again by TCP a second later: that would be all that 64 requests at once show. The variable
BENCH_BACKLOG raises it.
"""

import os

from odoo.service.server import PreforkServer

from . import controllers

_backlog = int(os.environ.get("BENCH_BACKLOG", 0))
_start = PreforkServer.start


def _start_and_listen(self: PreforkServer) -> None:
    _start(self)
    if self.socket:
        self.socket.listen(_backlog)


if _backlog:
    PreforkServer.start = _start_and_listen
