"""The bodies of Mailjet against the tables of its Event API guide."""

import pytest
from conftest import mail, send

from lab.sandbox import Step

_COMMON = {
    "event": str,
    "time": int,
    "MessageID": int,
    "Message_GUID": str,
    "email": str,
    "mj_campaign_id": int,
    "mj_contact_id": int,
    "customcampaign": str,
    "CustomID": str,
    "Payload": str,
}
_WHERE = {"ip": str, "geo": str, "agent": str}
_ERROR = {"error_related_to": str, "error": str}
_BOUNCE = {"event": "bounce", "blocked": bool, "hard_bounce": bool, **_ERROR, "comment": str}

EVENTS = {
    Step.DELIVERED: {"event": "sent", "mj_message_id": str, "smtp_reply": str},
    Step.OPENED: {"event": "open", **_WHERE},
    Step.CLICKED: {"event": "click", "url": str, **_WHERE},
    Step.HARD_BOUNCE: {**_BOUNCE, "hard_bounce": True},
    Step.SOFT_BOUNCE: {**_BOUNCE, "hard_bounce": False},
    Step.BLOCKED: {"event": "blocked", **_ERROR},
    Step.COMPLAINED: {"event": "spam", "source": str},
    Step.UNSUBSCRIBED: {"event": "unsub", "mj_list_id": int, **_WHERE},
}


@pytest.mark.parametrize("step", EVENTS, ids=lambda step: step.name.lower())
def test_names_and_types_of_the_guide(mailjet, step):
    (received,) = send(mailjet, mail())
    (event,) = mailjet.events_for(received, step)

    guide = _COMMON | EVENTS[step]
    assert set(event) == set(guide)
    for name, expected in guide.items():
        if isinstance(expected, type):
            assert type(event[name]) is expected, name
        else:
            assert event[name] == expected, name


def test_message_id_has_19_digits_and_is_one_per_recipient(mailjet):
    (received,) = send(mailjet, mail("ana@cliente.example, leo@cliente.example"))
    ana, leo = mailjet.events_for(received, Step.DELIVERED)
    opened, _leo = mailjet.events_for(received, Step.OPENED)

    assert len(str(ana["MessageID"])) == 19
    assert ana["MessageID"] == opened["MessageID"] != leo["MessageID"]
    assert ana["Message_GUID"] == opened["Message_GUID"] != leo["Message_GUID"]
    assert ana["mj_message_id"] == str(ana["MessageID"])


def test_control_headers_come_back(mailjet):
    (received,) = send(
        mailjet,
        mail(X_MJ_CustomID="id-1", X_MJ_EventPayload='{"a": 1}', X_Mailjet_Campaign="odoo-7"),
    )
    (event,) = mailjet.events_for(received, Step.OPENED)

    assert event["CustomID"] == "id-1"
    assert event["Payload"] == '{"a": 1}'
    assert event["customcampaign"] == "odoo-7"
    assert event["mj_campaign_id"] > 0


def test_without_control_headers_they_are_empty(mailjet):
    (received,) = send(mailjet, mail())
    (event,) = mailjet.events_for(received, Step.OPENED)
    assert (event["CustomID"], event["Payload"], event["customcampaign"]) == ("", "", "")
    assert event["mj_campaign_id"] == 0


def test_encoded_words_come_back_undecoded(mailjet):
    """Nothing says that Mailjet decodes them; who wants a value back must keep it ASCII."""
    (received,) = send(mailjet, mail(X_MJ_CustomID="ñ"))
    assert mailjet.events_for(received, Step.OPENED)[0]["CustomID"] == "=?utf-8?q?=C3=B1?="


@pytest.mark.parametrize("step", [Step.REACTIVATED, Step.CATEGORY_UPDATE])
def test_reactivation_and_categories_are_no_events_of_mailjet(mailjet, step):
    (received,) = send(mailjet, mail())
    with pytest.raises(KeyError):
        mailjet.events_for(received, step)
