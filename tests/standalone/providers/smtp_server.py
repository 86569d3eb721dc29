"""An SMTP server that says what a test wants it to say."""

import socket
import threading
from contextlib import suppress


class SmtpServer:
    """Plain SMTP on loopback, a thread for each connection.

    :param extensions: what EHLO announces
    :param replies: command (``EHLO``, ``MAIL``, ``RCPT``, ``DATA``, ``.``) → reply in place of
        the usual one; ``b""`` closes the connection without one
    :ivar mails: (commands, data) of each mail that came completely
    :ivar connections: how many have been made
    """

    USUAL = {b"MAIL": b"250 OK", b"RCPT": b"250 OK", b"DATA": b"354 Go on", b".": b"250 Taken"}

    def __init__(self, *extensions, **replies):
        self.extensions = extensions
        self.replies = {name.encode(): reply for name, reply in replies.items()}
        self.mails = []
        self.connections = 0
        self._open = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_exception):
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.close_connections()
        self._thread.join()

    def close_connections(self, said=b""):
        """Close what is open, with a last word, as a server does that has waited too long."""
        for connection in self._open:
            with suppress(OSError):
                connection.sendall(said)
                connection.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def _listen(self):
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with suppress(OSError), connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 ready\r\n")
            commands = []
            for line in lines:
                command = line.rstrip(b"\r\n")
                verb = command[:4].upper()
                commands.append(command)
                reply = self.replies.get(verb, self._usual(verb))
                if verb == b"DATA" and reply[:3] == b"354":
                    connection.sendall(reply + b"\r\n")
                    self.mails.append((commands, read_data(lines)))
                    commands, reply = [], self.replies.get(b".", self.USUAL[b"."])
                if not reply or verb == b"QUIT":
                    connection.shutdown(socket.SHUT_RDWR)
                    return
                connection.sendall(reply + b"\r\n")

    def _usual(self, verb):
        if verb == b"EHLO":
            names = ["localhost", *self.extensions]
            marks = ["-"] * (len(names) - 1) + [" "]
            lines = (f"250{mark}{name}" for mark, name in zip(marks, names, strict=True))
            return "\r\n".join(lines).encode()
        return self.USUAL.get(verb, b"250 OK")


def read_data(lines):
    """Return what comes until the final dot, as RFC 5321 4.5.2 has it read."""
    data = []
    for line in lines:
        if line == b".\r\n":
            return b"".join(data)
        data.append(line.removeprefix(b"."))
    raise OSError("closed within the data")
