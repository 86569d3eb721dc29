# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Aldeamo's events. Source: see `providers.aldeamo`.

The manual's tables and samples disagree in many places: the reader below goes by the samples
and takes every spelling and type that appears.
"""

import json
import re
import unicodedata
from datetime import datetime, timedelta, timezone

from ..base import Event, EventError, address, identifier, number, text, utc

# Echoed, with its name in lower case, in `custom_headers` of the SMTP events: M 8.7 to 8.10
TOKEN_HEADER = "X-Odoo-Reference"
# M 8.1, 8.6, 8.7, 8.11: "zona horaria GMT-5". Colombia keeps no daylight saving time.
COLOMBIA = timezone(timedelta(hours=-5))
MONTHS = {
    name: index
    for index, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
# "Fri Oct 02 2020 15:07:31 GMT-0500 (Colombia Standard Time)": M 8.2 and 8.4
JAVASCRIPT_DATE = re.compile(
    r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) (?P<day>\d{2}) (?P<year>\d{4}) "
    r"(?P<time>\d{2}:\d{2}:\d{2}) GMT(?P<hours>[+-]\d{2})(?P<minutes>\d{2})"
)
REPLY_CODE = re.compile(r"\b([245])(?:\d\d\b|\.\d+\.\d+)")  # RFC 5321 4.2.1, RFC 3463 2

EVENTS = {
    "sent": "delivered",  # accepted by the recipient's server: M 8.5, 8.10
    "delivered": "delivered",  # certified mail
    "open": "opened",
    "click": "clicked",
    "bounce": "bounced",
    "complaint": "complained",
    "unsubscribed": "unsubscribed",  # all subscription changes: see SUBSCRIPTIONS
}
# M 8.6 and 8.11 name these in Spanish, their samples in English: what both begin with.
SUBSCRIPTIONS = (
    ("categor", "preferences"),
    ("reactiv", "resubscribed"),
    ("cancel", "unsubscribed"),
)
HARD_BOUNCES = ("duro", "hard", "permanent")
SOFT_BOUNCES = ("suave", "blando", "soft", "tempora", "transit")
WANTED = {"active": True, "activo": True, "cancelled": False, "canceled": False, "cancelado": False}
# The manual's own samples write the customer number as relid, releid and reid; none of them
# names a mail, so it is left in the payload.


def translate(payload):
    """Return the `Event` of a payload; see `Provider.translate`."""
    fields = {str(key).lower(): value for key, value in payload.items()}
    name = plain(fields.get("event"))
    if not name:
        raise EventError('Not an event of Aldeamo: it has no "event"')
    event_type = EVENTS.get(name, "unknown")
    response = response_text(fields.get("response"))
    bounce_type = None
    if event_type == "unsubscribed":
        event_type = subscription_type(fields.get("subscription_type"))
    elif event_type == "delivered" and "rebote" in plain(fields.get("status")):
        event_type = "bounced"
    if event_type == "bounced":
        bounce_type = classify_bounce(plain(fields.get("status")), response)
    campaign = text(fields.get("campid"))
    stream = text(fields.get("type")) or ("SMTP" if plain(campaign) == "smtp" else "")
    return Event(
        event_type=event_type,
        bounce_type=bounce_type,
        stream="smtp" if plain(stream) == "smtp" else "marketing",
        recipient=address(fields.get("email")) or address(fields.get("to")),
        occurred_at=utc(parse_time(text(fields.get("timestamp")))),
        reference=mapping(fields.get("custom_headers")).get(TOKEN_HEADER.lower()),
        provider_message_id=identifier(fields.get("msgid")),
        # M 8.3: "para los mensajes de SMTP se mostrará SMTP" stands for no campaign
        provider_campaign=None if plain(campaign) == "smtp" else campaign,
        provider_contact=text(fields.get("contactid")),
        subject=text(fields.get("subject")),
        reason=text(fields.get("reason")) or (response if response != "OK" else None),
        url=text(fields.get("destination")),
        place=place(fields),
        latitude=number(fields.get("latitude")),
        longitude=number(fields.get("longitude")),
        # limited once more: a letter taken apart may be eighteen
        device=text(plain(fields.get("device_type"))),
        user_agent=text(fields.get("browser")),
        categories={
            category: WANTED[plain(state)]
            for category, state in mapping(fields.get("categories"), lower=False).items()
            if plain(state) in WANTED
        },
    )


def plain(value):
    """Return `value` as text in lower case without accents, for comparing."""
    decomposed = unicodedata.normalize("NFKD", text(value) or "")
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


def mapping(value, lower=True):
    """Return a name → text dict from any of the ways in which a PHP or JavaScript back end
    writes one: an object, an array of objects or of pairs, JSON in a string, or nothing.
    """
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    pairs = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict) and "name" in item and "value" in item:
            pairs.append((item["name"], item["value"]))
        elif isinstance(item, dict):
            pairs.extend(item.items())
        elif isinstance(item, list) and len(item) == 2:
            pairs.append(item)
    named = [(text(name), text(content)) for name, content in pairs]
    return {name.lower() if lower else name: content for name, content in named if name}


def subscription_type(value):
    """Return the event type of a subscription change; M 8.6 and 8.11 call all `unsubscribed`."""
    for marker, event_type in SUBSCRIPTIONS:
        if marker in plain(value):
            return event_type
    return "unsubscribed"


def classify_bounce(status, response):
    """Return `hard` or `soft`. The status decides, else the SMTP reply; in doubt it is soft,
    which harms nobody's address.
    """
    if any(word in status for word in HARD_BOUNCES):
        return "hard"
    if any(word in status for word in SOFT_BOUNCES):
        return "soft"
    code = REPLY_CODE.search(response or "")
    return "hard" if code and code.group(1) == "5" else "soft"


def response_text(value):
    """Return the SMTP reply; certified mail sends a list of replies."""
    if isinstance(value, list):
        replies = [item.get("result") for item in value if isinstance(item, dict)]
        return text("; ".join(filter(None, map(text, replies))))
    return text(value)


def parse_time(value):
    """Return the moment that `value` names in one of the layouts in use, or None."""
    if not value:
        return None
    match = JAVASCRIPT_DATE.match(value)
    if match and match["month"] in MONTHS:
        value = (
            f"{match['year']}-{MONTHS[match['month']]:02}-{match['day']}T{match['time']}"
            f"{match['hours']}:{match['minutes']}"
        )
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=COLOMBIA)


def place(fields):
    """Return "city, region, country". Proxies distort it: M 8.2."""
    parts = [text(fields.get(key)) for key in ("cityname", "regionname", "countryname")]
    return ", ".join(filter(None, parts)) or None
