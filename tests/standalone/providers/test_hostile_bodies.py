"""Bodies and requests made to break something: what the fuzzer kept, and a short search."""

import importlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.fuzz import hostile, invariants
from lab.fuzz.addon import PACKAGE
from lab.fuzz.conversation import STATUSES, TOKEN, Conversation

CORPUS = Path(__file__).parents[2] / "fixtures" / "fuzz"
BODIES = sorted((CORPUS / "body").iterdir())
REQUESTS = sorted((CORPUS / "http").iterdir())
CODES = pytest.mark.parametrize("code", ["aldeamo", "mailjet"])


def module(name):
    return importlib.import_module(f"{PACKAGE}.webhook.{name}")


def check(code, body):
    return invariants.check(module("rows").tracking_rows, code, body)


def answers(stream, size):
    parts = (module(name) for name in ("server.connection", "server.receiver", "authentication"))
    conversation = Conversation(*parts)
    return conversation.run(stream.replace(b"TOKEN", TOKEN.encode()), size), conversation.stored


@CODES
@pytest.mark.parametrize("path", BODIES, ids=lambda path: path.name)
def test_kept_bodies(code, path):
    check(code, path.read_bytes())


@CODES
@given(choose=st.randoms(use_true_random=False))
@settings(deadline=None)
def test_anything_anywhere_in_an_event(code, choose):
    check(code, hostile.event(choose))


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: path.name)
def test_kept_requests(path):
    """Whole or byte by byte, the same is answered, and nothing that isn't in the table."""
    stream = path.read_bytes()[1:]
    whole, at_once = answers(stream, max(1, len(stream)))
    parts, one_by_one = answers(stream, 1)
    assert set(whole) <= STATUSES
    assert (whole, at_once) == (parts, one_by_one)


@given(choose=st.randoms(use_true_random=False), junk=st.binary(max_size=20))
@settings(deadline=None)
def test_requests_cut_and_joined(choose, junk):
    first, second = (choose.choice(REQUESTS).read_bytes()[1:] for _n in range(2))
    stream = first[: choose.randint(0, len(first))] + junk + second[choose.randint(0, 9) :]
    statuses, _stored = answers(stream, choose.randint(1, 40))
    assert set(statuses) <= STATUSES


def test_a_loss_would_be_seen():
    """The control: rows that leave something out, or hold what PostgreSQL refuses."""

    def rows(**values):
        row = {"state": "pending", "state_reason": None, "payload": "{}", **values}
        return lambda *_arguments: [row]

    invariants.check(rows(), "aldeamo", b"{}")
    for values in ({"subject": "\0"}, {"url": "\ud800"}, {"latitude": float("nan")}):
        with pytest.raises((AssertionError, UnicodeError)):
            invariants.check(rows(**values), "aldeamo", b"{}")
    for body in (b"[{}, {}]", b"not JSON"):
        with pytest.raises(AssertionError):
            invariants.check(rows(), "aldeamo", body)
