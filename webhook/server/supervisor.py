# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Starts the processes of the intake, and starts one again that dies."""

import gc
import logging
import multiprocessing
import os
import resource
import signal
import socket
import sys
import time
from functools import partial
from multiprocessing.connection import wait

from . import drainer, service

_logger = logging.getLogger(__name__)

# A burst of 1000 at once takes one processor longer than its answers have; and one stands in for
# another that is started again.
_SERVICES = 2
_PATIENCE = 15  # seconds
_PAUSE = 0.5  # seconds before a process is started again
_LISTENER = "MAIL_INTAKE_LISTENER"  # environment variable with a socket's number, across a restart


def listen(interface, port):
    """Return a socket that listens. While a process is started again, the system holds the line.

    :raises OSError: the port is taken, or not to be had
    """
    inherited = os.environ.pop(_LISTENER, None)
    if inherited:
        return socket.socket(fileno=int(inherited))
    family = socket.AF_INET6 if ":" in interface else socket.AF_INET
    listener = socket.create_server((interface, port), family=family, backlog=service.BACKLOG)
    listener.setblocking(False)
    return listener


def supervise(settings, listener):
    """Run the intake until SIGTERM or SIGINT; start it anew at SIGHUP, with the code of then.

    :param dict settings: of the connections to the database
    :param socket.socket listener: see `listen`
    """
    _raise_limit_of_files()
    # Odoo's modules stay for good: to look for garbage among them takes a tenth of a second.
    gc.freeze()
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    targets = {
        **{
            f"service {number}": partial(service.run, settings, listener, wakes)
            for number in range(1, _SERVICES + 1)
        },
        "drainer": partial(drainer.run, settings, woken),
    }
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


def _restart(listener):
    """Become the program as it is installed now. Who connects meanwhile is kept waiting."""
    _logger.info("The intake starts anew")
    os.set_inheritable(listener.fileno(), True)
    os.environ[_LISTENER] = str(listener.fileno())
    os.execv(sys.executable, sys.orig_argv)  # noqa: S606


def _start(name, target):
    context = multiprocessing.get_context("fork")
    process = context.Process(target=_run, args=(target,), name=name, daemon=True)
    process.start()
    return process


def _run(target):
    # Ctrl-C reaches all processes of a terminal: the parent sees to it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    target()


def _stop(process):
    process.terminate()
    process.join(_PATIENCE)
    process.kill()


def _raise_limit_of_files():
    """Each connection takes a file descriptor, and 1024 is the usual limit."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
