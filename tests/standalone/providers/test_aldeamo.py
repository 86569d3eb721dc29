"""The inconsistencies between the manual's tables, its samples and practice."""

import json
from datetime import datetime

import pytest

from providers.aldeamo import Aldeamo
from providers.aldeamo.events import mapping
from providers.base import Instructions

ALDEAMO = Aldeamo()


def read(**payload):
    return ALDEAMO.translate({"event": "sent", **payload})


@pytest.mark.parametrize(
    ("payload", "origin", "campaign"),
    [
        ({"campid": "SMTP"}, "relayed", None),  # M 8.3: no type, campid "SMTP"
        ({"campid": "123"}, "marketing", "123"),
        ({"type": "Email Marketing"}, "marketing", None),
        ({"type": "Email marketing"}, "marketing", None),
        ({"Type": "SMTP", "campid": "12345"}, "relayed", "12345"),  # tables of 8.6, 8.11
        ({"type": "smtp"}, "relayed", None),
    ],
)
def test_origin_and_campaign(payload, origin, campaign):
    event = read(**payload)
    assert (event.origin, event.provider_campaign) == (origin, campaign)


@pytest.mark.parametrize("key", ["contactid", "contactId", "ContactID"])
@pytest.mark.parametrize("value", [112528991, "112528991", " 112528991 "])
def test_contact_in_any_spelling_and_type(key, value):
    assert read(**{key: value}).provider_contact == "112528991"


@pytest.mark.parametrize("key", ["relid", "releid", "reid"])
def test_customer_number_in_any_spelling_never_names_a_mail(key):
    event = read(**{key: 123})
    assert event.token is None
    assert event.provider_message_id is None


@pytest.mark.parametrize(
    "payload", [{"to": "Ana <Ana@Example.com>"}, {"email": "ANA@example.com "}]
)
def test_recipient_under_either_key(payload):
    assert read(**payload).recipient == "ana@example.com"


@pytest.mark.parametrize(
    "headers",
    [
        {"x-odoo-reference": "t1-abc", "x-test-header": "test Value"},
        {"X-Odoo-Reference": "t1-abc"},
        [{"x-odoo-reference": "t1-abc"}],
        [{"name": "X-Odoo-Reference", "value": "t1-abc"}],
        [["x-odoo-reference", "t1-abc"]],
        '{"x-odoo-reference": "t1-abc"}',
        '[{"name": "x-odoo-reference", "value": "t1-abc"}]',
        {"x-odoo-reference": ["t1-abc"], "x-empty": []},
        {"X-Odoo-Reference": ["t1-abc", "t2-def"]},
        ["x-test-header: a: b", "X-Odoo-Reference: t1-abc"],
        "X-Test-Header: a\r\nX-Odoo-Reference:t1-abc\r\n",
        '["x-odoo-reference: t1-abc"]',
    ],
    ids=json.dumps,
)
@pytest.mark.parametrize("origin", ["SMTP", "API"])
def test_custom_headers_in_any_form(headers, origin):
    assert read(custom_headers=headers, origin=origin).token == "t1-abc"


@pytest.mark.parametrize("headers", [{}, [], None, "", "no json", 3, "[[]]", '"x"'], ids=repr)
def test_no_custom_headers(headers):
    assert read(custom_headers=headers).token is None
    assert mapping(headers) == {}


def test_header_that_is_sent_is_the_header_that_is_read():
    email = {"subject": "Hola", "headers": {}}
    instructed = ALDEAMO.instruct(email, Instructions("t1-abc", "odoo-mailing-1"))
    echoed = {name.lower(): value for name, value in instructed["headers"].items()}
    assert read(custom_headers=echoed).token == "t1-abc"


@pytest.mark.parametrize(
    "categories",
    [
        {"Ofertas": "cancelled", "Noticias": "active", "Otra": "?"},
        {"Ofertas": "Cancelado", "Noticias": "Activo"},
        [{"Ofertas": "cancelado"}, {"Noticias": "activo"}],
        '{"Ofertas": "cancelled", "Noticias": "active"}',
        [
            {"name": "Ofertas", "status": "cancelled"},
            {"name": "Noticias", "status": "active"},
            {"name": "Otra", "status": "paused"},
        ],
        [
            {"id": 1, "Category": "Ofertas", "State": "Cancelled"},
            {"id": 2, "Category": "Noticias", "State": "Active"},
        ],
        [{"nombre": "Ofertas", "estado": "cancelado"}, {"nombre": "Noticias", "estado": "activo"}],
    ],
    ids=json.dumps,
)
def test_categories_in_any_form_and_language(categories):
    assert read(categories=categories).categories == {"Ofertas": False, "Noticias": True}


@pytest.mark.parametrize(
    ("value", "event_type"),
    [
        ("domain subscription cancelled", "unsubscribed"),
        ("domain subscription reactivated", "resubscribed"),
        ("domain category update", "preferences"),
        ("Suscripción de dominio cancelada", "unsubscribed"),
        ("Suscripción de dominio reactivada", "resubscribed"),
        ("Actualización de categoría de dominio", "preferences"),
        (None, "unsubscribed"),
        ("", "unsubscribed"),
        ("domain subscription paused", "unknown"),
        ("domain subscription not cancelled", "unknown"),
        ("cancellation requested", "unknown"),
        ("uncancelled", "unknown"),
        (["domain subscription cancelled"], "unknown"),
        (True, "unknown"),
        (0, "unknown"),
    ],
)
def test_subscription_type_decides_and_not_the_event(value, event_type):
    event = ALDEAMO.translate({"event": "unsubscribed", "subscription_type": value})
    assert event.event_type == event_type
    assert event.reason is None  # M 8.6 b and c: in the table, not in the samples


@pytest.mark.parametrize(
    "stamp",
    [
        "2020-10-05 17:40:54",
        "2020-10-05 17:40:54\n",
        "Mon Oct 05 2020 17:40:54 GMT-0500 (Colombia Standard Time)",
        "Mon Oct 05 2020 22:40:54 GMT+0000 (Coordinated Universal Time)",
        "2020-10-05T22:40:54.000Z",
    ],
)
def test_times_are_colombian_unless_they_say_otherwise(stamp):
    # The version 1 UUID of the manual's own sample d3f26a70-… was made at this moment.
    assert read(timestamp=stamp).occurred_at == datetime(2020, 10, 5, 22, 40, 54)


@pytest.mark.parametrize(
    ("status", "response", "bounce_type"),
    [
        ("Rebote duro", "550 5.5.0 mailbox unavailable", "hard"),
        ("REBOTE DURO", "450 try later", "hard"),  # the provider's verdict stands
        ("Rebote suave", "550 no such user", "soft"),
        ("Rebote blando", None, "soft"),
        ("hard bounce", None, "hard"),
        ("Rebote", "550 5.1.1 no such user", "hard"),
        (None, "5.1.1 no such user", "hard"),
        (None, "451 4.7.1 greylisted", "soft"),
        (None, "mailbox 550", "hard"),
        (None, "nothing usable", "soft"),
        ("Rebote por política", "550 5.1.1 no such user", "soft"),  # nobody knows what it is
        ("non-permanent", "550", "soft"),
        ("no permanente", "550", "soft"),
        ("hardware failure", "550", "soft"),
        (None, "550 5.7.1 blocked by policy", "soft"),
        ("Rebote", "552 5.2.2 mailbox full", "soft"),
        (None, "550 5.2.1 mailbox disabled", "hard"),
        (None, None, "soft"),
    ],
)
def test_hard_and_soft_bounces(status, response, bounce_type):
    event = ALDEAMO.translate({"event": "bounce", "status": status, "response": response})
    assert (event.event_type, event.bounce_type) == ("bounced", bounce_type)
    assert event.reason == response


def test_status_beats_the_name_of_a_sent_event():
    event = read(status="Rebote duro", response="550")
    assert (event.event_type, event.bounce_type) == ("bounced", "hard")
    event = ALDEAMO.translate({"event": "open", "status": "Rebote duro"})
    assert (event.event_type, event.bounce_type) == ("opened", None)


@pytest.mark.parametrize("status", ["Entregado", "entregado", None])
def test_sent_is_delivered(status):
    event = read(status=status, response="OK")
    assert (event.event_type, event.reason) == ("delivered", None)


def test_certified_mail():
    event = ALDEAMO.translate(
        {
            "event": "delivered",
            "type": "SMTP",
            "response": [{"eventType": "Delivery", "result": "250 OK"}, {"result": None}, 3],
        }
    )
    assert (event.event_type, event.reason) == ("delivered", "250 OK")


def test_place_and_device():
    event = read(
        cityName="Bogota",
        regionName=None,
        countryName="Colombia",
        latitude=4.609710216522217,
        longitude="-74.08174896240234",
        device_type="Desktop",
    )
    assert event.place == "Bogota, Colombia"
    assert (event.latitude, event.longitude) == (4.60971, -74.081749)
    assert (event.city, event.country) == ("Bogota", "Colombia")
    assert event.device_type == "desktop"
    assert read(latitude="x", longitude=1e9).latitude is None
