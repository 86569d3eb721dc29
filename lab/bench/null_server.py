"""A server that does nothing: what the sender of requests reaches at most.

``python -m lab.bench.null_server PORT``: as bare as it can be, over epoll.
"""

from __future__ import annotations

import gc
import select
import socket
import sys
from contextlib import suppress

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_BACKLOG = 4096


def main(port: int) -> None:
    """Answer every request with 200 as soon as it begins to arrive."""
    gc.disable()
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(_BACKLOG)
    listener.setblocking(False)
    epoll = select.epoll()
    epoll.register(listener, select.EPOLLIN)
    connections: dict[int, socket.socket] = {}
    while True:
        for descriptor, _event in epoll.poll():
            if descriptor == listener.fileno():
                with suppress(BlockingIOError):
                    connection, _address = listener.accept()
                    connections[connection.fileno()] = connection
                    epoll.register(connection, select.EPOLLIN)
            else:
                with connections.pop(descriptor) as connection:
                    epoll.unregister(descriptor)
                    with suppress(OSError):
                        connection.recv(65536)
                        connection.send(_ANSWER)


if __name__ == "__main__":
    main(int(sys.argv[1]))
