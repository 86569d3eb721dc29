# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Starts the processes of the webhook server, and restarts a process that dies."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess

from . import drainer, service
from .database import Settings

_logger = logging.getLogger(__name__)

# One processor is too slow for a burst of 1000 requests; and while one process is restarted, the
# other one answers.
_SERVICES = 2
_PATIENCE = 15  # seconds
_PAUSE = 0.5  # seconds before a process is restarted
# Environment variable: the socket's number, for a restart
_LISTENER = "MAIL_WEBHOOK_SERVER_LISTENER"


def listen(interface: str, port: int) -> socket.socket:
    """Return a listening socket. While a process is restarted, the system queues connections.

    :raises OSError: the port is used by another program, or not allowed
    """
    inherited = os.environ.pop(_LISTENER, None)
    if inherited:
        return socket.socket(fileno=int(inherited))
    family = socket.AF_INET6 if ":" in interface else socket.AF_INET
    listener = socket.create_server((interface, port), family=family, backlog=service.BACKLOG)
    listener.setblocking(False)
    return listener


def supervise(settings: Settings, listener: socket.socket) -> None:
    """Run the webhook server until SIGTERM or SIGINT; at SIGHUP, restart with the new code."""
    _raise_limit_of_files()
    # Odoo's modules are never garbage, and searching them takes a tenth of a second.
    gc.freeze()
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    targets: dict[str, Callable[[], None]] = {
        f"service {number}": partial(service.run, settings, listener, wakes)
        for number in range(1, _SERVICES + 1)
    }
    targets["drainer"] = partial(drainer.run, settings, woken)
    stopping, stop = os.pipe()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda signum, _frame: os.write(stop, bytes([signum])))
    processes = {name: _start(name, target) for name, target in targets.items()}
    while stopping not in wait([stopping, *(process.sentinel for process in processes.values())]):
        for name, process in processes.items():
            if not process.is_alive():
                _logger.error("The %s ended with %s; starting it again", name, process.exitcode)
                time.sleep(_PAUSE)
                processes[name] = _start(name, targets[name])
    is_restart = os.read(stopping, 1) == bytes([signal.SIGHUP])
    if not is_restart:
        listener.close()
    for process in processes.values():
        _stop(process)
    if is_restart:
        _restart(listener)


def _restart(listener: socket.socket) -> None:
    """Replace this process by the program as it is installed now. New connections wait."""
    _logger.info("The webhook server starts anew")
    os.set_inheritable(listener.fileno(), True)
    os.environ[_LISTENER] = str(listener.fileno())
    os.execv(sys.executable, sys.orig_argv)  # noqa: S606


def _start(name: str, target: Callable[[], None]) -> ForkProcess:
    context = multiprocessing.get_context("fork")
    process = context.Process(target=_run, args=(target,), name=name, daemon=True)
    process.start()
    return process


def _run(target: Callable[[], None]) -> None:
    # Ctrl-C reaches all processes of a terminal: only the parent handles it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    target()


def _stop(process: ForkProcess) -> None:
    process.terminate()
    process.join(_PATIENCE)
    process.kill()


def _raise_limit_of_files() -> None:
    """Allow more than the usual 1024 files: each connection needs one."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
