"""What Mailjet remembers of a mail, and what it posts of it, mean the same."""

from datetime import datetime, timedelta, timezone

import pytest
from sending import outgoing, prepared

from lab.sandbox import Step
from providers import PROVIDERS
from providers.account import SentMail
from providers.mailjet import send
from providers.mailjet.history import as_posted, read_message

MEANING = (
    *("event_type", "bounce_type", "failure", "provider_error", "recipient", "occurred_at"),
    *("token", "provider_message_id"),
)
STEPS = [step for step in Step if step not in (Step.REACTIVATED, Step.CATEGORY_UPDATE)]
LATEST = {
    Step.DELIVERED: "delivered",
    Step.OPENED: "opened",
    Step.CLICKED: "clicked",
    Step.HARD_BOUNCE: "bounced",
    Step.SOFT_BOUNCE: "bounced",
    Step.BLOCKED: "rejected",
    Step.COMPLAINED: "complained",
    Step.UNSUBSCRIBED: "unsubscribed",
}


@pytest.fixture
def account(mailjet_api):
    return PROVIDERS["mailjet"].account(mailjet_api)


def hand_over(mailjet_api, *mails):
    outcomes = mailjet_api.send(
        [prepared(mailjet_api, mail, f"t{number}") for number, mail in enumerate(mails)]
    )
    assert {outcome.result for outcome in outcomes} == {"accepted"}


def sent(account, ago=timedelta(minutes=1), ahead=timedelta(minutes=1)):
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    return [mail for page in account.sent_mails(now - ago, now + ahead) for mail in page]


@pytest.mark.parametrize("step", STEPS)
def test_history_means_what_is_posted(account, mailjet, mailjet_api, step):
    hand_over(mailjet_api, outgoing("Ana@cliente.example"))
    (mail,) = sent(account)
    assert (mail.token, mail.recipient, mail.latest) == ("t0", "ana@cliente.example", None)
    assert account.history(mail) == []
    (posted,) = mailjet.events_for(mailjet.received[0], step)
    (mail,) = sent(account)
    assert mail.latest == LATEST[step]
    (remembered,) = account.history(mail)
    expected, found = map(PROVIDERS["mailjet"].translate, (posted, remembered))
    assert [getattr(found, name) for name in MEANING] == [
        getattr(expected, name) for name in MEANING
    ]


def test_bounces_before_the_last_one_are_soft(account, mailjet, mailjet_api):
    hand_over(mailjet_api, outgoing())
    now = datetime.now(timezone.utc)
    mailjet.events_for(mailjet.received[0], Step.SOFT_BOUNCE, now)
    mailjet.events_for(mailjet.received[0], Step.HARD_BOUNCE, now + timedelta(hours=1))
    (mail,) = sent(account)
    events = map(PROVIDERS["mailjet"].translate, account.history(mail))
    assert [event.bounce_type for event in events] == ["soft", "hard"]


def test_each_recipient_by_itself(account, mailjet, mailjet_api):
    hand_over(mailjet_api, outgoing(["ana@cliente.example", "eva@cliente.example"]))
    assert [(mail.token, mail.recipient) for mail in sent(account)] == [
        ("t0", "ana@cliente.example"),
        ("t0", "eva@cliente.example"),
    ]
    assert len({mail.remote_id for mail in sent(account)}) == 2


def test_all_pages(account, mailjet, mailjet_api, monkeypatch):
    monkeypatch.setattr(send, "PAGE", 3)
    hand_over(mailjet_api, *(outgoing(f"p{number}@cliente.example") for number in range(7)))
    assert [mail.token for mail in sent(account)] == [f"t{number}" for number in range(7)]


def test_only_of_the_time(account, mailjet, mailjet_api):
    hand_over(mailjet_api, outgoing())
    assert len(sent(account)) == 1
    assert sent(account, ago=timedelta(hours=1), ahead=timedelta(minutes=-1)) == []
    assert sent(account, ago=timedelta(minutes=-1), ahead=timedelta(hours=1)) == []


@pytest.mark.parametrize("junk", [None, [], {}, 7, "x", -1, True, 1 << 70])
def test_rows_of_any_kind(junk):
    mail = read_message(dict.fromkeys(("ID", "UUID", "CustomID", "ContactAlt", "Status"), junk))
    assert isinstance(mail, SentMail)
    named = {"EventType": "bounced"}
    rows = [dict.fromkeys(("EventAt", "State", "Comment", "Useragent"), junk) | named] * 2
    for event in as_posted(mail, rows):
        assert PROVIDERS["mailjet"].translate(event).event_type == "bounced"
    assert as_posted(mail, [{"EventType": junk}]) == []
