"""What a hostile sender would write into an event."""

import random

NAMES = (
    *("event", "type", "status", "response", "email", "to", "timestamp", "time", "msgid"),
    *("custom_headers", "categories", "subscription_type", "campid", "latitude", "longitude"),
    *("CustomID", "MessageID", "Message_GUID", "hard_bounce", "error", "error_related_to"),
    *("url", "agent", "browser", "geo", "subject", "comment", "source", "mj_contact_id"),
    *("customcampaign", "x-odoo-reference"),
)
# JSON texts, as Python's own writer wouldn't make some of them.
VALUES = (
    *("null", "true", "false", "NaN", "Infinity", "-Infinity", "1e400", "-1e-400", "-0", "0"),
    *("9" * 4000, "9" * 5000, "1" + "0" * 308, "9223372036854775808", "2147483648", "0.1"),
    *('""', '"\\u0000"', '"\\ud800"', '"\\udfff\\ud800"', '"\\u202e"', '"\\r\\nFAKE log line"'),
    *('"%s%n%(x)s{0}"', '"\'; DROP TABLE mail_tracking; --"', '"<script>alert(1)</script>"'),
    *('"' + "x" * 3000 + '"', '"' + "字" * 1500 + '"', '"' + "(" * 500 + '"', '"a@b@c"', '"@"'),
    *("[]", "{}", "[[]]", '{"a": {}}', "[" * 300 + "]" * 300, '{"a":' * 300 + "1" + "}" * 300),
    *('"2026-03-02 07:00:00"', '"0001-01-01 00:00:00"', '"9999-12-31 23:59:59"', '"2026-02-30"'),
    *('"open"', '"click"', '"bounce"', '"unsub"', '"complaint"', '"blocked"', '"spam"', '"SMTP"'),
    *('{"\\u0000": true}', '{"": 1, "": 2}', '[true, {"a": "b"}]', "1772452800", "-1"),
)
# Bytes that a text of JSON can't have, or hides something behind.
BYTES = (b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf", b"\0")


def event(choose: random.Random) -> bytes:
    """Return an event, or an array of events, in which anything may stand anywhere."""
    members = ['"event": "open"'] * choose.randint(0, 1)
    for _member in range(choose.randint(0, 8)):
        # The same name twice on purpose.
        members.append(f'"{choose.choice(NAMES)}": {choose.choice(VALUES)}')
    choose.shuffle(members)
    text = "{" + ", ".join(members) + "}"
    if choose.random() < 0.2:
        text = f"[{text}, {choose.choice(VALUES)}, {text}]"
    body = text.encode()
    if choose.random() < 0.1:
        at = choose.randint(0, len(body))
        body = body[:at] + choose.choice(BYTES) + body[at:]
    return body


def dictionary() -> str:
    """Return the names and values in libFuzzer's own notation."""
    tokens = [*(f'"{name}": ' for name in NAMES), *(text for text in VALUES if len(text) < 60)]
    quoted = ("".join(f"\\x{byte:02x}" for byte in token.encode()) for token in tokens)
    return "".join(f'"{token}"\n' for token in quoted)
