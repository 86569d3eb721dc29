"""What `make demo` does with the mails that one sends oneself."""

import time
from email import message_from_bytes

import pytest
from conftest import mail, send

from lab import demo_player
from lab.demo_player import SCRIPT, Player
from lab.sandbox import Step


class Script:
    """A file as `lab/demo_events.py`."""

    def __init__(self, path):
        self.path = path

    def write(self, body):
        self.path.write_text(
            f"from lab.sandbox.script import Step\ndef events(recipient, subject):\n    {body}\n"
        )


@pytest.fixture
def script(tmp_path):
    script = Script(tmp_path / "events.py")
    script.write("return [(0, Step.DELIVERED), (0.3, Step.OPENED)]")
    return script


@pytest.fixture
def mailbox():
    """The activation mails that came in at Odoo."""
    return []


@pytest.fixture
def player(sandbox, script, mailbox):
    with Player(sandbox, mailbox.append, script.path):
        yield


def wait(is_so):
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def steps(provider):
    return [(recipient, step) for _message, recipient, step, _at in provider.history]


def test_mails_are_answered(provider, receiver, player):
    provider.webhook_url = receiver.url
    send(provider, mail())
    wait(lambda: len(receiver.bodies) == 2)
    ana = "ana@cliente.example"
    assert steps(provider) == [(ana, Step.DELIVERED), (ana, Step.OPENED)]


def test_script_may_change_meanwhile(sandbox, receiver, script, player, capsys):
    mailjet = sandbox.mailjet
    mailjet.webhook_url = receiver.url
    script.write("return [(0, Step.HARD_BOUNCE if 'b' in recipient else Step.DELIVERED)]")
    send(mailjet, mail("b@cliente.example"), mail("c@cliente.example"))
    wait(lambda: len(mailjet.history) == 2)
    script.write("return what")
    send(mailjet, mail("d@cliente.example"))
    wait(lambda: "events.py can't be used" in capsys.readouterr().out)
    script.write("return [(0, Step.CATEGORY_UPDATE)]")  # which is Aldeamo's
    send(mailjet, mail("d@cliente.example"))
    wait(lambda: "KeyError" in capsys.readouterr().out)
    script.write("return [(0, Step.OPENED)]")
    send(mailjet, mail("e@cliente.example"))
    wait(lambda: len(receiver.bodies) == 3)
    assert dict(steps(mailjet)) == {
        "b@cliente.example": Step.HARD_BOUNCE,
        "c@cliente.example": Step.DELIVERED,
        "e@cliente.example": Step.OPENED,
    }


def test_what_came_before_is_left_alone(provider, receiver, script, mailbox, sandbox):
    provider.webhook_url = receiver.url
    send(provider, mail())
    with Player(sandbox, mailbox.append, script.path):
        send(provider, mail("eva@cliente.example"))
        wait(lambda: len(provider.history) == 2)
    assert {recipient for recipient, _step in steps(provider)} == {"eva@cliente.example"}


def test_without_a_webhook_it_is_remembered(sandbox, player):
    """What Mailjet doesn't post can be fetched."""
    send(sandbox.mailjet, mail())
    wait(lambda: len(sandbox.mailjet.history) == 2)


def test_activation_mails_come_in_and_are_followed(sandbox, client, player, mailbox, monkeypatch):
    monkeypatch.setattr(demo_player, "_ACTIVATION", 0.2)
    client.rest("POST", "sender", {"Email": "hola@otra.example"})
    wait(lambda: sandbox.mailjet.senders.is_active("hola@otra.example"))
    (message,) = map(message_from_bytes, mailbox)
    assert message["To"] == "hola@otra.example"


def test_script_of_the_demo(sandbox, mailbox, receiver):
    player = Player(sandbox, mailbox.append)
    assert SCRIPT.name == "demo_events.py"
    assert [step for _at, step in player._events("ana@x.example", "Hola")] == [
        Step.DELIVERED,
        Step.OPENED,
        Step.CLICKED,
    ]
    assert player._events("bounce@x.example", "Hola")[0][1] is Step.HARD_BOUNCE
