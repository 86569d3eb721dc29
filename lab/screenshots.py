"""`make screenshots`: the pictures in the documentation, from a demo of its own, in English."""

from __future__ import annotations

import base64
import io
import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from PIL import Image

from dev.console import Stop, say, step
from dev.odoo import Odoo
from dev.paths import ROOT
from dev.processes import run_as_command
from lab import demo
from lab.browser import Browser
from lab.demo_dns import BROKEN, RIGHT

_IMAGES = ROOT / "docs" / "images"
_STORE = ROOT / "static" / "description"
_STORE_SHOWS = ("server", "results", "email", "chatter", "dns")
_WIDTH = 1200
_LARGEST = 150_000  # bytes
_PATIENCE = 300  # seconds
_DO = "odoo.__WOWL_DEBUG__.root.env.services.action.doAction({}, {{clearBreadcrumbs: true}})"
_APP = """
    {{
        const {{menu}} = odoo.__WOWL_DEBUG__.root.env.services;
        menu.setCurrentMenu(menu.getApps().find((app) => app.xmlid === {}));
    }}
"""
_SETTINGS = "base.menu_administration"
_MARKETING = "mass_mailing.mass_mailing_menu_root"
_CONTACTS = "contacts.menu_contacts"
# Nothing moves, and nothing of the browser's own is in a picture.
_STILL = """
    const style = document.createElement("style");
    style.textContent = "* {animation: none !important; transition: none !important; " +
        "caret-color: transparent !important} .o_notification_manager {display: none}";
    document.head.append(style);
"""


def main(_arguments: list[str]) -> int:
    """Take the pictures; return 0."""
    status = demo.main(["--contacts=60"], _take)
    for name in _STORE_SHOWS:
        shutil.copyfile(_IMAGES / f"{name}.png", _STORE / f"{name}.png")
    return status


def _take(odoo: Odoo) -> None:
    _IMAGES.mkdir(parents=True, exist_ok=True)
    with step("What the pictures show"):
        prepared = _prepare(odoo)
    with Browser(_WIDTH) as browser:
        _log_in(odoo, browser)
        for name, take in {
            "server": _server,
            "emails": _emails,
            "email": _email,
            "results": _results,
            "dns": _dns,
            "chatter": _chatter,
        }.items():
            with step(f"docs/images/{name}.png"):
                _save(_IMAGES / f"{name}.png", take(odoo, browser, prepared))
        _save(_STORE / "banner.png", _banner(browser))


def _prepare(odoo: Odoo) -> dict[str, int]:
    """Do what a user does on the first day; return the ids of what is shown."""
    [server] = odoo.rpc("ir.mail_server", "search", [("provider", "=", "mailjet")])
    for action in ("action_check_keys", "action_refresh_account"):
        odoo.rpc("ir.mail_server", action, [server])
    odoo.rpc("mail.dns.check", "check", server, [RIGHT])
    dialog = odoo.rpc("ir.mail_server", "action_register_webhooks", [server])
    odoo.rpc(dialog["res_model"], "action_register", [dialog["res_id"]])
    [mailing] = odoo.rpc("mailing.mailing", "search", [("subject", "like", "Mailjet")])
    [admin] = odoo.rpc("res.users", "search_read", [("login", "=", "admin")], ["partner_id"])
    odoo.rpc("res.partner", "write", [admin["partner_id"][0]], {"name": "Eva Soler"})
    person = odoo.rpc(
        "res.partner", "create", {"name": "Ana Núñez", "email": "ana@cliente.example"}
    )
    odoo.rpc(
        "res.partner",
        "message_post",
        [person],
        body="Hello Ana, here is the offer that we talked about.",
        subject="Our offer",
        partner_ids=[person],
        message_type="comment",
        subtype_xmlid="mail.mt_comment",
    )
    mine = [("partner_id", "=", person), ("status", "=", "open")]
    _wait("the email was opened", lambda: odoo.rpc("mail.delivery", "search", mine))
    [delivery] = odoo.rpc("mail.delivery", "search", mine)
    _wait(
        "the email was clicked",
        lambda: odoo.rpc(
            "mail.delivery", "search", [("id", "=", delivery), ("clicked_at", "!=", False)]
        ),
    )
    return {"server": server, "mailing": mailing, "person": person, "delivery": delivery}


def _wait(what: str, is_so: Callable[[], Any]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            raise Stop(f"After {_PATIENCE} s it is still not so that {what}.")
        time.sleep(0.5)


def _log_in(odoo: Odoo, browser: Browser) -> None:
    session = requests.Session()
    params = {"db": odoo.database, "login": "admin", "password": "admin"}
    url = f"{odoo.url}/web/session/authenticate"
    session.post(url, json={"jsonrpc": "2.0", "params": params}, timeout=30).raise_for_status()
    browser.open(f"{odoo.url}/web", session_id=session.cookies["session_id"])
    browser.wait("window.odoo?.__WOWL_DEBUG__?.root")
    # The first page names its app in the bar when it is there.
    browser.wait_for(".o-mail-Discuss")
    browser.run(_STILL)


def _show(browser: Browser, app: str, action: dict[str, Any] | str, selector: str) -> None:
    """Open a screen of an app, and wait until a part of it is there and all is loaded."""
    browser.run(_APP.format(json.dumps(app)))
    browser.run(_DO.format(json.dumps(action)) + ".then(() => true)")
    browser.wait_for(selector)
    time.sleep(1.5)  # fonts, pictures, charts


def _form(model: str, number: int) -> dict[str, Any]:
    return {
        "type": "ir.actions.act_window",
        "res_model": model,
        "res_id": number,
        "views": [[False, "form"]],
    }


def _server(_odoo: Odoo, browser: Browser, prepared: dict[str, int]) -> bytes:
    _show(browser, _SETTINGS, _form("ir.mail_server", prepared["server"]), ".o_mail_checklist")
    return browser.picture(820)


def _emails(_odoo: Odoo, browser: Browser, _prepared: dict[str, int]) -> bytes:
    _show(
        browser, _MARKETING, "mail_mailjet_aldeamo.mail_delivery_action", ".o_list_view .o_data_row"
    )
    return browser.picture(560)


def _email(_odoo: Odoo, browser: Browser, prepared: dict[str, int]) -> bytes:
    _show(browser, _SETTINGS, _form("mail.delivery", prepared["delivery"]), ".o_email_timeline")
    return browser.picture(640)


def _results(odoo: Odoo, browser: Browser, prepared: dict[str, int]) -> bytes:
    action = odoo.rpc("mailing.mailing", "action_view_results", [prepared["mailing"]])
    browser.resize(1100)
    _show(browser, _MARKETING, action, ".o_mailing_results")
    return browser.picture(1000)


def _dns(odoo: Odoo, browser: Browser, prepared: dict[str, int]) -> bytes:
    action = odoo.rpc("ir.mail_server", "action_check_dns", [prepared["server"]])
    _show(browser, _SETTINGS, action, ".o_mail_dns_page")
    broken = f".o_mail_dns_domain[data-domain='{BROKEN}']"
    browser.wait_for(f"{broken}[data-state='fail']")
    browser.run(f'document.querySelector("{broken}").scrollIntoView()')
    time.sleep(1)
    return browser.picture(820)


def _chatter(_odoo: Odoo, browser: Browser, prepared: dict[str, int]) -> bytes:
    browser.resize(1060)
    form = _form("res.partner", prepared["person"])
    _show(browser, _CONTACTS, form, ".o-mail-Message-notification i")
    browser.click(".o-mail-Message-notification i")
    browser.wait_for(".o_mail_email_popover")
    time.sleep(1)
    return browser.picture(400, top=650)


def _banner(browser: Browser) -> bytes:
    """The first picture in the app store: name, icon, and the results of a mailing."""
    page = Path(__file__).with_name("banner.html").read_text()
    for word, path in {"ICON": _STORE / "icon.png", "SCREEN": _IMAGES / "results.png"}.items():
        encoded = base64.b64encode(path.read_bytes()).decode()
        page = page.replace(word, f"data:image/png;base64,{encoded}")
    browser.open("about:blank")
    browser.call("Page.setDocumentContent", frameId=browser.frame(), html=page)
    browser.wait("[...document.images].every((image) => image.complete)")
    return browser.picture(560, 1120)


def _save(path: Path, picture: bytes) -> None:
    """Write a picture with 256 colours, which is as good for screens and a third of the size."""
    image = Image.open(io.BytesIO(picture)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    image.save(path, optimize=True)
    size = path.stat().st_size
    if size > _LARGEST:
        raise Stop(f"{path} has {size} bytes, more than {_LARGEST}.")
    say(f"  {path.relative_to(ROOT)}: {size // 1000} kB")


if __name__ == "__main__":
    run_as_command(main)
