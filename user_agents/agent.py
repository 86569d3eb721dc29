# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Mail client, system and device from the text of a User-Agent, by `ua-parser`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from ua_parser import parse

from .machines import AGENT_RULES, PROXIES

DEVICE_TYPES = {"desktop": "Computer", "mobile": "Phone", "tablet": "Tablet", "other": "Other"}
# Characters that are read. Real User-Agents have up to about 300, and reading a text of this length
# takes less than a hundredth of a second.
LONGEST = 400
CACHED = 10_000
# Names of `ua-parser` → the usual names. A web view is a page inside an app.
CLIENTS = {
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Chrome Mobile WebView": "Android app",
    "Edge Mobile": "Edge",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "IE": "Internet Explorer",
    "IE Mobile": "Internet Explorer",
    "Mobile Safari": "Safari",
    "Mobile Safari UI/WKWebView": "iOS app",
    "Opera Mobile": "Opera",
}
SYSTEMS = {"Mac OS X": "macOS"}
DESKTOPS = ("Windows", "Mac OS X", "Linux", "Ubuntu", "Debian", "Fedora", "Chrome OS", "FreeBSD")
PHONES = ("Windows Phone", "BlackBerry OS", "KaiOS", "Firefox OS", "Symbian OS")
# A provider may give the bare name of the client instead of a User-Agent.
NAME = re.compile(r"[A-Z][A-Za-z]+( [A-Z0-9][A-Za-z0-9]*){0,3}", re.A)
NAMELESS = ("unknown", "other", "none", "mozilla")
# Outlook for Windows, and Outlook's apps, of which `ua-parser` knows only some versions.
OUTLOOK = re.compile(r"\bMSOffice\b|\bms-office\b|^Outlook-(iOS|Android)/|^Microsoft Office/")


class Agent(NamedTuple):
    """What a User-Agent says; a field is None if it says nothing about it.

    :param client: mail client or browser, as people call it
    :param system: operating system
    :param device_type: a key of `DEVICE_TYPES`
    :param is_robot: the User-Agent is that of a program
    :param is_proxy: a server made the request, so the place is that server's
    """

    client: str | None = None
    system: str | None = None
    device_type: str | None = None
    is_robot: bool = False
    is_proxy: bool = False


def read_agent(text: str | None) -> Agent:
    """Return what a User-Agent, or the bare name of a client, says.

    :param text: of any length and content; None or "" for none
    """
    return _read(text[:LONGEST]) if text else Agent()


@lru_cache(CACHED)
def _read(text: str) -> Agent:
    for proxy in PROXIES:
        if proxy.pattern.search(text):
            return Agent(client=proxy.client, is_proxy=True)
    found = parse(text)
    family = found.user_agent.family if found.user_agent else None
    system = found.os.family if found.os else None
    return Agent(
        client=_client(text, family),
        system=SYSTEMS.get(system, system) if system else None,
        device_type=_device_type(text, system),
        is_robot=bool(found.device and found.device.family == "Spider"),
    )


def machine_of(event_type: str, text: str | None) -> str | None:
    """Return the code of the rule by which a User-Agent is a machine's; None: no rule applies.

    :param event_type: rules apply to ``opened`` and ``clicked`` only
    """
    if event_type not in ("opened", "clicked") or not text:
        return None
    return _machine(event_type, text[:LONGEST])


@lru_cache(CACHED)
def _machine(event_type: str, text: str) -> str | None:
    for rule in AGENT_RULES:
        if event_type in rule.event_types and rule.pattern.search(text):
            return rule.code
    return "robot" if _read(text).is_robot else None


def _client(text: str, family: str | None) -> str | None:
    if OUTLOOK.search(text):
        return "Outlook"
    if family:
        # A robot's family is a part of its text, of any length.
        return CLIENTS.get(family, family)[:40]
    is_name = NAME.fullmatch(text) and text.lower() not in NAMELESS
    return text[:40] if is_name else None


def _device_type(text: str, system: str | None) -> str | None:
    """Return the kind of device.

    Chrome on Android says *Mobile* on phones only. An iPad says that it is a Mac, unless its user
    chose otherwise.
    """
    if system == "iOS":
        return "tablet" if "iPad" in text else "mobile"
    if system == "Android":
        return "mobile" if "Mobile" in text else "tablet"
    if system in PHONES:
        return "mobile"
    if system in DESKTOPS:
        return "desktop"
    return "other" if system else None
