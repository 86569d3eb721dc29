"""The bodies of Aldeamo against the samples of its manual (V6, section 8)."""

import uuid
from datetime import datetime, timezone

import pytest
from conftest import mail, send

from lab.sandbox import Step

# Names and types, or fixed values, as printed in the samples.
_TRANSFER = {
    "type": "SMTP",
    "event": str,
    "to": str,
    "ip": str,
    "subject": str,
    "sender": str,
    "origin": str,
    "msgid": str,
    "custom_headers": dict,
    "timestamp": str,
    "status": str,
    "response": str,
}
_PLACE = {
    "cityName": str,
    "regionName": str,
    "countryName": str,
    "latitude": float,
    "longitude": float,
    "device_type": str,
    "browser": str,
    "timestamp": str,
}
_MESSAGE = {
    "type": "SMTP",
    "event": str,
    "relid": int,
    "msgid": str,
    "subject": str,
    "email": str,
    "custom_headers": dict,
}
_SUBSCRIPTION = {
    "subscription_type": str,
    "type": "SMTP",
    "event": "unsubscribed",
    "relid": str,
    "email": str,
    "domain": str,
    "timestamp": str,
}

SAMPLES = {
    # 8.10, 8.7
    Step.DELIVERED: _TRANSFER | {"event": "sent", "reid": int, "status": "Entregado"},
    Step.HARD_BOUNCE: _TRANSFER | {"event": "bounce", "relid": int, "status": "Rebote duro"},
    Step.SOFT_BOUNCE: _TRANSFER | {"event": "bounce", "relid": int},
    # 8.9, 8.8
    Step.OPENED: _MESSAGE | _PLACE | {"event": "open"},
    Step.CLICKED: _MESSAGE | _PLACE | {"event": "click", "destination": str},
    # 8.3
    Step.COMPLAINED: {
        "campid": "SMTP",
        "campaignName": str,
        "subject": str,
        "event": "complaint",
        "relid": str,
        "email": str,
        "timestamp": str,
    },
    # 8.11
    Step.UNSUBSCRIBED: _SUBSCRIPTION
    | {"subscription_type": "domain subscription cancelled", "reason": str},
    Step.REACTIVATED: _SUBSCRIPTION | {"subscription_type": "domain subscription reactivated"},
    Step.CATEGORY_UPDATE: _SUBSCRIPTION
    | {"subscription_type": "domain category update", "categories": dict, "campid": str},
}


@pytest.mark.parametrize("step", SAMPLES, ids=lambda step: step.name.lower())
def test_names_and_types_of_the_samples(aldeamo, step):
    (received,) = send(aldeamo, mail())
    (event,) = aldeamo.events_for(received, step)

    sample = SAMPLES[step]
    assert set(event) == set(sample)
    for name, expected in sample.items():
        if isinstance(expected, type):
            assert type(event[name]) is expected, name
        else:
            assert event[name] == expected, name


def test_times_are_of_colombia(aldeamo):
    (received,) = send(aldeamo, mail())
    at = datetime(2020, 10, 5, 22, 40, 54, tzinfo=timezone.utc)

    def timestamp(step):
        return aldeamo.events_for(received, step, at)[0]["timestamp"]

    assert timestamp(Step.DELIVERED) == "2020-10-05 17:40:54"
    assert timestamp(Step.UNSUBSCRIBED) == "2020-10-05 17:40:54"
    assert timestamp(Step.OPENED) == "2020-10-05 17:40:54\n"
    assert timestamp(Step.CLICKED) == "2020-10-05 17:40:54\n"


def test_msgid_is_a_uuid_of_the_time_of_acceptance_and_one_per_recipient(aldeamo):
    (received,) = send(aldeamo, mail("ana@cliente.example, leo@cliente.example"))
    ana, leo = aldeamo.events_for(received, Step.DELIVERED)
    (opened, _leo) = aldeamo.events_for(received, Step.OPENED)

    assert (ana["to"], leo["to"]) == ("ana@cliente.example", "leo@cliente.example")
    assert ana["msgid"] == opened["msgid"] != leo["msgid"]
    assert uuid.UUID(ana["msgid"]).version == 1
    since_1582 = datetime(1582, 10, 15, tzinfo=timezone.utc)
    minted = uuid.UUID(ana["msgid"]).time / 1e7
    assert abs(minted - (received.received_at - since_1582).total_seconds()) < 60


def test_custom_headers_have_lower_case_names_and_untouched_values(aldeamo):
    (received,) = send(aldeamo, mail(X_Odoo_Ref="AbC", References="<a@b>"))
    for step in (Step.DELIVERED, Step.HARD_BOUNCE, Step.OPENED):
        assert aldeamo.events_for(received, step)[0]["custom_headers"] == {"x-odoo-ref": "AbC"}
    assert aldeamo.events_for(received, Step.CLICKED)[0]["custom_headers"] == {}


def test_click_goes_to_a_link_of_the_mail(aldeamo):
    (received,) = send(aldeamo, mail())
    (event,) = aldeamo.events_for(received, Step.CLICKED)
    assert event["destination"] == "https://empresa.example/r/a?x=1&y=2"


def test_refusing_to_send_is_no_event_of_aldeamo(aldeamo):
    (received,) = send(aldeamo, mail())
    with pytest.raises(KeyError):
        aldeamo.events_for(received, Step.BLOCKED)
