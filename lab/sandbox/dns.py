"""A DNS server on loopback, UDP and TCP, with the troubles that the real ones have.

By itself: ``python -m lab.sandbox.dns ZONE.yaml… [--port 5353] [--latency 0.05]``.

A zone file is YAML: names, and for each a list of records and troubles::

    empresa.example:
      - TXT: v=spf1 include:spf.mailjet.com ~all
      - TXT: [strings of one record, kept apart]
      - MX: [10, mail.empresa.example]
      - SERVFAIL
    "*.wildcard.example":
      - TXT: for every name below that has nothing of its own

A trouble of a wildcard strikes every name below that has nothing of its own.
A trouble strikes the types that the name has no record of, or all of them when it says so:

=============== ====================================================================
SERVFAIL        the answer to the other types; so are REFUSED and NXDOMAIN
TIMEOUT         no answer at all to the other types
DELAY: 1.2      all answers come that many seconds later
DROP: 2         the first 2 questions of each type get no answer
TRUNCATE        over UDP all answers are cut off: TCP is needed
TCP_DEAD        as TRUNCATE, but TCP gets no answer either
DELEGATE: [...] name servers that the question is referred to, for all names below, too
=============== ====================================================================
"""

from __future__ import annotations

import argparse
import asyncio
import threading
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import yaml
from dns.rdtypes.ANY.TXT import TXT

HOST = "127.0.0.1"
TTL = 300
_RCODES = {word: dns.rcode.from_text(word) for word in ("SERVFAIL", "REFUSED", "NXDOMAIN")}
_WORDS = (*_RCODES, "TIMEOUT", "TRUNCATE", "TCP_DEAD")
_WITH_VALUE = ("DELAY", "DROP", "DELEGATE")
_MAX_CHAIN = 16

Zones = Mapping[str, list[Any]]


def load_zones(*paths: Path | str) -> dict[str, list[Any]]:
    """Return the names of zone files together; one name in two files is a mistake."""
    zones: dict[str, list[Any]] = {}
    for path in paths:
        for name, entries in yaml.safe_load(Path(path).read_text(encoding="utf-8")).items():
            if name in zones:
                raise ValueError(f"{path}: {name} is there already")
            zones[name] = entries
    return zones


class DnsServer:
    """A DNS server on loopback, in a thread of its own, from entering the context to leaving it.

    It plays a resolver that knows the whole world: what isn't in `zones` does not exist.

    :param zones: as in a zone file
    :param latency: seconds before each answer
    :ivar queries: (name, type, "udp" or "tcp") of each question, in the order of their coming
    """

    def __init__(
        self, zones: Zones | None = None, *, host: str = HOST, port: int = 0, latency: float = 0.0
    ):
        self.host = host
        self.port = port
        self.latency = latency
        self.queries: list[tuple[str, str, str]] = []
        self._names: dict[dns.name.Name, dict[str, list[Any]]] = {}
        self._troubles: dict[dns.name.Name, dict[str, Any]] = {}
        self._asked: Counter[tuple[dns.name.Name, str]] = Counter()
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="dns", daemon=True)
        for name, entries in (zones or {}).items():
            for entry in entries:
                if isinstance(entry, str):
                    self.publish(name, entry)
                else:
                    ((rdtype, value),) = entry.items()
                    self.publish(name, rdtype, value)

    def __enter__(self) -> DnsServer:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """Address and port, as `ResolverSettings.nameservers` takes them."""
        return f"{self.host}:{self.port}"

    def publish(self, name: str, rdtype: str, value: Any = True) -> None:
        """Add a record, or a trouble; it counts from the next question on.

        :param rdtype: the record's type, or the word of a trouble
        :param value: TXT: text, bytes, or a list of them, one a string; MX: (preference, host);
            others: address or host. Of a trouble: its value, if it has one
        """
        with self._lock:
            owner = _name(name)
            records = self._names.setdefault(owner, {})
            if rdtype in _WORDS or rdtype in _WITH_VALUE:
                self._troubles.setdefault(owner, {})[rdtype] = value
            else:
                records.setdefault(rdtype, []).append(_rdata(rdtype, value))

    def clear(self, name: str, rdtype: str | None = None) -> None:
        """Take away the name's records of that type; without one, all that is there."""
        with self._lock:
            owner = _name(name)
            if rdtype:
                self._names.get(owner, {}).pop(rdtype, None)
            else:
                self._names.pop(owner, None)
                self._troubles.pop(owner, None)

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._shut_down(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> None:
        # A port that is free for TCP may be taken for UDP.
        for attempt in range(20):
            self._tcp = await asyncio.start_server(self._converse, self.host, self.port)
            port = self._tcp.sockets[0].getsockname()[1]
            try:
                self._udp, _protocol = await self._loop.create_datagram_endpoint(
                    lambda: _Datagrams(self), local_addr=(self.host, port)
                )
            except OSError:
                self._tcp.close()
                if self.port or attempt == 19:
                    raise
            else:
                self.port = port
                return

    async def _shut_down(self) -> None:
        self._udp.close()
        self._tcp.close()
        conversations = asyncio.all_tasks() - {asyncio.current_task()}
        for conversation in conversations:
            conversation.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                size = int.from_bytes(await reader.readexactly(2), "big")
                wire, delay = self.respond(await reader.readexactly(size), "tcp")
                await asyncio.sleep(delay)
                if wire is not None:
                    writer.write(len(wire).to_bytes(2, "big") + wire)
                    await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, OSError):
            pass  # the client, or the server, has ended
        finally:
            writer.close()

    def respond(self, wire: bytes, protocol: str) -> tuple[bytes | None, float]:
        """Return the answer to a message, None for none, and the seconds before it is sent."""
        if protocol == "udp" and self._is_dead(wire):
            return None, 0.0
        try:
            query = dns.message.from_wire(wire)
        except dns.exception.DNSException:
            return None, 0.0
        question = query.question[0]
        rdtype = dns.rdatatype.to_text(question.rdtype)
        with self._lock:
            self.queries.append((question.name.to_text(omit_final_dot=True), rdtype, protocol))
            troubles = self._trouble(question.name)
            self._asked[question.name, rdtype] += 1
            delay = self.latency + float(troubles.get("DELAY", 0))
            dropped = self._asked[question.name, rdtype] <= troubles.get("DROP", 0)
            dead = protocol == "tcp" and "TCP_DEAD" in troubles
            response = None if dropped or dead else self._response(query, rdtype)
        if response is None:
            return None, delay
        if protocol == "tcp":
            return _fitting(response, 65535), delay
        if "TRUNCATE" in troubles or "TCP_DEAD" in troubles:
            return _cut(response), delay
        try:
            return response.to_wire(max_size=max(query.payload, 512)), delay
        except dns.exception.TooBig:
            return _cut(response), delay

    def _response(self, query: dns.message.Message, rdtype: str) -> dns.message.Message | None:
        response = dns.message.make_response(query, recursion_available=True)
        name = query.question[0].name
        if self._refer(response, name):
            return response
        response.flags |= dns.flags.AA
        for _step in range(_MAX_CHAIN):
            records = self._records(name)
            wanted = (records or {}).get(rdtype)
            alias = (records or {}).get("CNAME")
            if wanted or not alias:
                break
            response.answer.append(dns.rrset.from_rdata(name, TTL, alias[0]))
            name = alias[0].target
        if wanted:
            response.answer.append(dns.rrset.from_rdata_list(name, TTL, wanted))
            return response
        troubles = self._trouble(name)
        if "TIMEOUT" in troubles:
            return None
        for word, rcode in _RCODES.items():
            if word in troubles:
                response.set_rcode(rcode)
                return response
        if records is None:
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response

    def _is_dead(self, wire: bytes) -> bool:
        """Tell whether a question is about a name that never answers.

        It doesn't parse the whole message: dead names must not take the time of the others.
        """
        try:
            name, size = dns.name.from_wire(wire, 12)
        except dns.exception.DNSException:
            return False
        with self._lock:
            dead = name not in self._names and "TIMEOUT" in self._trouble(name)
            if dead:
                number = int.from_bytes(wire[12 + size : 14 + size], "big")
                rdtype = dns.rdatatype.RdataType.make(number)
                text = name.to_text(omit_final_dot=True)
                self.queries.append(
                    (text, dns.rdatatype.to_text(dns.rdatatype.RdataType.make(rdtype)), "udp")
                )
        return dead

    def _trouble(self, name: dns.name.Name) -> dict[str, Any]:
        """Return the troubles of a name, its own or those of a wildcard above it."""
        if name in self._troubles or name in self._names:
            return self._troubles.get(name, {})
        above = (dns.name.Name([b"*", *name.labels[n:]]) for n in range(1, len(name.labels)))
        return next((self._troubles[one] for one in above if one in self._troubles), {})

    def _refer(self, response: dns.message.Message, name: dns.name.Name) -> bool:
        for owner, troubles in self._troubles.items():
            if "DELEGATE" in troubles and name.is_subdomain(owner):
                for text in troubles["DELEGATE"]:
                    record: Any = _rdata("NS", text)
                    response.authority.append(dns.rrset.from_rdata(owner, TTL, record))
                    glue = self._names.get(record.target, {}).get("A")
                    if glue:
                        rrset = dns.rrset.from_rdata_list(record.target, TTL, glue)
                        response.additional.append(rrset)
                return True
        return False

    def _records(self, name: dns.name.Name) -> dict[str, list[Any]] | None:
        """Return the records of a name by type, or None when it does not exist (RFC 4592)."""
        if name in self._names:
            return self._names[name]
        if any(other.is_subdomain(name) for other in self._names):
            return {}
        while len(name) > 1:
            name = name.parent()
            wildcard = dns.name.Name([b"*", *name.labels])
            if wildcard in self._names:
                return self._names[wildcard]
            if name in self._names:
                return None
        return None


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: DnsServer):
        self._server = server

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        wire, delay = self._server.respond(data, "udp")
        if wire is None:
            return
        if delay:
            asyncio.get_running_loop().call_later(delay, self._send, wire, addr)
        else:
            self._send(wire, addr)

    def _send(self, wire: bytes, addr: Any) -> None:
        if not self._transport.is_closing():
            self._transport.sendto(wire, addr)


def _name(text: str) -> dns.name.Name:
    """Return an absolute name; any character but the dot may stand in a label."""
    labels = [label.encode("latin-1") for label in text.rstrip(".").split(".") if label]
    return dns.name.Name([*labels, b""])


def _rdata(rdtype: str, value: Any) -> dns.rdata.Rdata:
    kind = dns.rdatatype.from_text(rdtype)
    if rdtype in ("TXT", "SPF"):
        strings = value if isinstance(value, (list, tuple)) else _pieces(_octets(value))
        return TXT(dns.rdataclass.IN, kind, [_octets(string) for string in strings] or [b""])
    if rdtype == "MX":
        preference, host = value
        value = f"{preference} {host.rstrip('.')}."
    elif rdtype not in ("A", "AAAA"):
        value = f"{value.rstrip('.')}."
    return dns.rdata.from_text(dns.rdataclass.IN, kind, value)


def _octets(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")


def _pieces(octets: bytes) -> list[bytes]:
    return [octets[at : at + 255] for at in range(0, len(octets), 255)]


def _cut(response: dns.message.Message) -> bytes:
    response.answer.clear()
    response.flags |= dns.flags.TC
    return response.to_wire()


def _fitting(response: dns.message.Message, size: int) -> bytes:
    """Return the message; of one that is too long as many records as fit, marked as cut off."""
    while True:
        try:
            return response.to_wire(max_size=size)
        except dns.exception.TooBig:
            rrset = response.answer.pop()
            records = list(rrset)[: len(rrset) // 2]
            if records:
                response.answer.append(dns.rrset.from_rdata_list(rrset.name, rrset.ttl, records))
            response.flags |= dns.flags.TC


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m lab.sandbox.dns", description="A DNS server")
    parser.add_argument("zones", nargs="+", metavar="ZONE.yaml")
    parser.add_argument("--port", type=int, default=5353)
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS")
    arguments = parser.parse_args()
    zones = load_zones(*arguments.zones)
    with DnsServer(zones, port=arguments.port, latency=arguments.latency) as server:
        print(f"{len(zones)} names on {server.address}, Ctrl-C to stop", flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
