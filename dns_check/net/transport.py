# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Makes questions and reads responses; TCP for long answers; DNS over HTTPS."""

from __future__ import annotations

import ipaddress
import struct
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import dns.message
    import dns.name


# Octets. This size fits into one packet on every path, so that no answer is lost by fragmentation
# (dnsflagday.net, 2020).
UDP_PAYLOAD = 1232
MAX_MESSAGE = 65535

# Address and port of a name server
Server = tuple[str, int]
# A response, and its size in octets
Response = tuple["dns.message.Message", int]


class Unanswered(Exception):  # noqa: N818 - an outcome, not an error
    """No usable answer; its text is a key of `answer.ERRORS`."""


class Question(NamedTuple):
    """A question to a name server.

    :param name: absolute
    :param type: such as "TXT"
    :param recursive: whether the server shall ask others
    """

    name: dns.name.Name
    type: str
    recursive: bool = True

    def message(self, number: int) -> dns.message.Message:
        """Return it with an id, for dnspython."""
        import dns.flags
        import dns.message

        flags = dns.flags.RD if self.recursive else 0
        return dns.message.make_query(
            self.name, self.type, use_edns=0, payload=UDP_PAYLOAD, id=number, flags=flags
        )

    def octets(self, number: int) -> bytes:
        """Return the octets of the same message, in a tenth of the time."""
        import dns.rdatatype

        kind = dns.rdatatype.from_text(self.type)
        flags = 0x0100 if self.recursive else 0
        header = struct.pack("!6H", number, flags, 1, 0, 0, 1)
        edns = struct.pack("!BHHIH", 0, dns.rdatatype.OPT, UDP_PAYLOAD, 0, 0)
        return header + (self.name.to_wire() or b"") + struct.pack("!HH", kind, 1) + edns


def over_tcp(question: dns.message.Message, server: Server, until: float) -> Response:
    """Ask over TCP (RFC 7766).

    :param until: `time.monotonic()` at which it gives up
    :raises Unanswered: no usable response came
    """
    import dns.exception
    import dns.flags
    import dns.query

    address, port = server
    try:
        response = dns.query.tcp(question, address, _left(until), port, ignore_trailing=True)
        size = len(response.to_wire(max_size=MAX_MESSAGE))
    except (dns.exception.DNSException, OSError, EOFError):
        raise Unanswered("tcp") from None
    except Exception:  # noqa: BLE001 - hostile octets can make dnspython raise anything
        raise Unanswered("malformed") from None
    if response.flags & dns.flags.TC:
        raise Unanswered("truncated")
    return _usable(response), size


def _left(until: float) -> float:
    """Return the seconds until then, but never 0: for a socket, 0 means no limit."""
    return max(until - time.monotonic(), 0.001)


def receive(question: dns.message.Message, wire: bytes) -> Response:
    """Read a response.

    :raises Unanswered: it doesn't belong to this question, or has no usable answer
    """
    import dns.message

    try:
        response = dns.message.from_wire(wire, ignore_trailing=True)
        answers = question.is_response(response)
    except Exception:  # noqa: BLE001 - hostile octets can make dnspython raise anything
        raise Unanswered("malformed") from None
    if not answers:
        raise Unanswered("malformed")
    return _usable(response), len(wire)


def _usable(response: dns.message.Message) -> dns.message.Message:
    """Return a response that says something about the name.

    :raises Unanswered: the server reports an error
    """
    import dns.rcode

    rcode = response.rcode()
    if rcode not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        names = {dns.rcode.SERVFAIL: "servfail", dns.rcode.REFUSED: "refused"}
        raise Unanswered(names.get(rcode, "rcode"))
    return response


def ask_https(question: dns.message.Message, url: str, timeout: float, until: float) -> Response:
    """Ask a server by DNS over HTTPS (RFC 8484).

    :param timeout: seconds for the whole request
    :param until: `time.monotonic()` at which it gives up in any case
    :raises Unanswered: no usable response came
    """
    import requests

    end = min(time.monotonic() + timeout, until)
    try:
        with requests.post(
            url,
            data=question.to_wire(),
            headers={
                "content-type": "application/dns-message",
                "accept": "application/dns-message",
            },
            timeout=_left(end),
            stream=True,
            allow_redirects=False,
        ) as reply:
            if reply.status_code != 200:
                raise Unanswered("refused")
            wire = b""
            for part in reply.iter_content(4096):
                wire += part
                if len(wire) > MAX_MESSAGE or time.monotonic() > end:
                    raise Unanswered("malformed" if len(wire) > MAX_MESSAGE else "timeout")
    except requests.Timeout:
        raise Unanswered("timeout") from None
    except (requests.RequestException, OSError, ValueError):
        raise Unanswered("unreachable") from None
    return receive(question, wire)


def server_address(text: str) -> Server:
    """Return address and port of a name server given as `192.0.2.1:5353` or `[2001:db8::1]:53`.

    :raises ValueError: it isn't an address, with or without a port
    """
    text = text.strip()
    host, port = text, "53"
    if text.startswith("["):
        host, bracket, port = text[1:].partition("]")
        port = port.removeprefix(":") or "53" if bracket else ""
    elif text.count(":") == 1:
        host, port = text.split(":")
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"{text!r} has no usable port")
    return str(ipaddress.ip_address(host)), int(port)


def to_dns_name(name: str) -> dns.name.Name:
    """Return `name` as absolute name of dnspython.

    :param name: each character is one octet (Latin-1), because a domain in an SPF record may
        contain any octet
    :raises ValueError: it is too long, has an empty label, or a character that is not an octet
    """
    import dns.exception
    import dns.name

    try:
        labels = [label.encode("latin-1") for label in name.split(".")]
        return dns.name.Name([*labels, b""])
    except (dns.exception.DNSException, UnicodeError):
        raise ValueError(name) from None
