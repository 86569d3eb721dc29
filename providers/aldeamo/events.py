# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Aldeamo's events. Source: see `providers.aldeamo`.

The manual's tables and samples disagree in many places: the reader below goes by the samples
and takes every spelling and type that appears.
"""

import json
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from ..base import Event, EventError, address, identifier, iso_time, number, text, utc
from .countries import iso_code

# Echoed, with its name in lower case, in `custom_headers` of the SMTP events: M 8.7 to 8.10
TOKEN_HEADER = "X-Odoo-Reference"  # noqa: S105 - no password
# M 8.1, 8.6, 8.7, 8.11: "zona horaria GMT-5". Colombia keeps no daylight saving time.
COLOMBIA = timezone(timedelta(hours=-5))
# "Fri Oct 02 2020 15:07:31 GMT-0500 (Colombia Standard Time)": M 8.2 and 8.4
JAVASCRIPT_DATE = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2} \d{2} \d{4} \d{2}:\d{2}:\d{2} )GMT([+-]\d{4})", re.A
)
REPLY_CODE = re.compile(r"\b([245])(?:\d\d\b|\.\d+\.\d+)")  # RFC 5321 4.2.1, RFC 3463 2
# The recipient's system, the network, the message's content, a policy: RFC 3463 3.4 to 3.8
NOT_THE_ADDRESS = re.compile(r"\b5\.(?:2\.[23]|[3467]\.\d+)\b")
WORD = re.compile(r"[^\W\d_]+")

EVENTS = {
    "sent": "delivered",  # accepted by the recipient's server: M 8.5, 8.10
    "delivered": "delivered",  # certified mail
    "open": "opened",
    "click": "clicked",
    "bounce": "bounced",
    "complaint": "complained",
    "unsubscribed": "unsubscribed",  # all subscription changes: see SUBSCRIPTIONS
}
# M 8.6 and 8.11 name these in Spanish, their samples in English. Whole words without accents; the
# first that fits counts.
SUBSCRIPTIONS = (
    ({"category", "categories", "categoria", "categorias"}, "preferences"),
    ({"reactivated", "reactivado", "reactivada"}, "resubscribed"),
    ({"cancelled", "canceled", "cancelado", "cancelada"}, "unsubscribed"),
)
NEGATIONS = {"no", "not", "non", "sin"}
HARD_BOUNCES = {"duro", "hard", "permanent", "permanente"}
# A bounce whose kind the status doesn't tell
BOUNCES = {"rebote", "rebotado", "bounce", "bounced"}
# M 8.2 and 8.8 print "mobile" and "Desktop"; the others are what such lists have besides.
DEVICES = {"mobile": "mobile", "phone": "mobile", "desktop": "desktop", "tablet": "tablet"}
# M 8.9 shows this with a place of Google's own: it is Gmail's image proxy, by another name.
BROWSERS = {"google mail": "GoogleImageProxy"}
NAMES = ("name", "nombre", "category", "categoria")
CONTENTS = ("value", "valor", "status", "estado", "state")
WANTED = {"active": True, "activo": True, "cancelled": False, "canceled": False, "cancelado": False}
# The manual's own samples write the customer number as relid, releid and reid; none of them
# names a mail, so it is left in the payload.


def translate(payload: dict[str, Any]) -> Event:
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
    elif event_type == "delivered" and BOUNCES & words(fields.get("status")):
        event_type = "bounced"
    if event_type == "bounced":
        bounce_type = classify_bounce(words(fields.get("status")), response)
    campaign = text(fields.get("campid"))
    kind = text(fields.get("type")) or ("SMTP" if plain(campaign) == "smtp" else "")
    return Event(
        event_type=event_type,
        bounce_type=bounce_type,
        origin="relayed" if plain(kind) == "smtp" else "marketing",
        recipient=address(fields.get("email")) or address(fields.get("to")),
        occurred_at=parse_time(text(fields.get("timestamp")) or ""),
        token=mapping(fields.get("custom_headers")).get(TOKEN_HEADER.lower()),
        provider_message_id=identifier(fields.get("msgid")),
        # M 8.3: "para los mensajes de SMTP se mostrará SMTP" stands for no campaign
        provider_campaign=None if plain(campaign) == "smtp" else campaign,
        provider_contact=text(fields.get("contactid")),
        subject=text(fields.get("subject")),
        reason=text(fields.get("reason")) or (response if response != "OK" else None),
        url=text(fields.get("destination"), None),
        place=place(fields),
        latitude=number(fields.get("latitude")),
        longitude=number(fields.get("longitude")),
        city=text(fields.get("cityname")),
        country=iso_code(text(fields.get("countryname"))),
        device_type=DEVICES.get(plain(fields.get("device_type"))),
        user_agent=BROWSERS.get(plain(fields.get("browser")), text(fields.get("browser"))),
        categories={
            category: WANTED[plain(state)]
            for category, state in mapping(fields.get("categories"), lower=False).items()
            if plain(state) in WANTED
        },
    )


def plain(value: Any) -> str:
    """Return `value` as text in lower case without accents, for comparing."""
    decomposed = unicodedata.normalize("NFKD", text(value) or "")
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


def words(value: Any) -> set[str]:
    """Return the words in `value`, as `plain` has them."""
    return set(WORD.findall(plain(value)))


def mapping(value: Any, lower: bool = True) -> dict[str, str | None]:
    """Return a name → text dict from any of the ways in which a back end in PHP, JavaScript or Go
    writes one: an object, an array of objects, of pairs or of lines "name: value", such lines in
    one string, JSON in a string, or nothing. A value may be an array of one.
    """
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = value.splitlines()
    pairs: list[Sequence[Any]] = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            pairs.extend(described(item) or item.items())
        elif isinstance(item, list) and len(item) == 2:
            pairs.append(item)
        elif isinstance(item, str) and ":" in item:
            pairs.append(item.split(":", 1))
    named = [(text(name), text(first(content))) for name, content in pairs]
    return {name.lower() if lower else name: content for name, content in named if name}


def described(item: dict[str, Any]) -> list[tuple[Any, Any]] | None:
    """Return the pair in an object that says which is the name and which the value, or None."""
    fields = {plain(key): content for key, content in item.items()}
    names = [fields[key] for key in NAMES if key in fields]
    contents = [fields[key] for key in CONTENTS if key in fields]
    return [(names[0], contents[0])] if names and contents else None


def first(value: Any) -> Any:
    """Return the first item of an array, anything else as it is."""
    return next(iter(value), None) if isinstance(value, list) else value


def subscription_type(value: Any) -> str:
    """Return the event type of a subscription change; M 8.6 and 8.11 call all `unsubscribed`.

    A change that isn't known unsubscribes nobody: "unknown".
    """
    if value is None or value == "":
        return "unsubscribed"
    said = words(value)
    for markers, event_type in SUBSCRIPTIONS:
        if markers & said and not NEGATIONS & said:
            return event_type
    return "unknown"


def classify_bounce(status: set[str], response: str | None) -> str:
    """Return `hard` or `soft`. The status decides, else the SMTP reply; in doubt it is soft,
    which harms nobody's address.

    :param status: its words
    """
    if HARD_BOUNCES & status:
        return "soft" if NEGATIONS & status else "hard"
    if status - BOUNCES:
        return "soft"
    response = response or ""
    code = REPLY_CODE.search(response)
    is_final = code and code.group(1) == "5" and not NOT_THE_ADDRESS.search(response)
    return "hard" if is_final else "soft"


def response_text(value: Any) -> str | None:
    """Return the SMTP reply; certified mail sends a list of replies."""
    if isinstance(value, list):
        replies = [item.get("result") for item in value if isinstance(item, dict)]
        return text("; ".join(filter(None, map(text, replies))))
    return text(value)


def parse_time(value: str) -> datetime | None:
    """Return the moment that `value` names in one of the layouts in use, or None."""
    match = JAVASCRIPT_DATE.match(value)
    if not match:
        return iso_time(value, COLOMBIA)
    try:
        # The email package reads it but for the word in front of the zone.
        return utc(parsedate_to_datetime(match[1] + match[2]))
    except ValueError:
        return None


def place(fields: dict[str, Any]) -> str | None:
    """Return "city, region, country". Proxies distort it: M 8.2."""
    parts = [text(fields.get(key)) for key in ("cityname", "regionname", "countryname")]
    return ", ".join(filter(None, parts)) or None
