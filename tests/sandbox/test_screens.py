# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json
from unittest.mock import patch

from odoo.tests.common import tagged
from odoo.tools import mute_logger

from odoo.addons.web.controllers.utils import clean_action

from lab.demo_dns import BROKEN, RIGHT, DemoDns

from ..axe import axe
from .test_stops import FOREIGN, EventStopCase

LOOK = """
odoo.loader.modules.get("@mail_mailjet_aldeamo/../tests/tours/screens.esm").look(%s)
    .catch((error) => console.error(error.message))
"""
READY = "Boolean(odoo.__WOWL_DEBUG__?.root)"
FORM = ".o_form_renderer"
DIALOG = ".modal-dialog"
WARNING = ".alert-warning:has([name=%s])"
SETTING = ".o_setting_box:has([name=%s])"
TEMPLATE = ".o_inner_group:has([name='provider_template'])"


def view(record, kind="form"):
    """Return the action that opens a record, or a list of its model's records."""
    return {
        "type": "ir.actions.act_window",
        "res_model": record._name,
        "res_id": record.id,
        "views": [[False, kind]],
    }


def page(name):
    """Return the tab of a form's page, to click, and the page."""
    link = f".nav-link[name={name}]"
    return [link], f".o_notebook:has({link}.active) .tab-pane.active"


@tagged("post_install", "-at_install")
class TestScreens(EventStopCase):
    """All screens, most of them with an error, have names and labels for assistive technology,
    enough contrast, and need no horizontal scrolling.
    """

    def setUp(self):
        super().setUp()
        dns = DemoDns(self.sandbox)
        dns.__enter__()
        self.addCleanup(dns.__exit__, None, None, None)
        for name, value in dns.parameters.items():
            self.env["ir.config_parameter"].set_param(name, value)
        self.admin.groups_id += self.env.ref("mass_mailing.group_mass_mailing_user")
        self.env.company.email = f"hola@{RIGHT}"
        self.admin.partner_id.email = f"ana@{BROKEN}"
        domains = f"{RIGHT}, {BROKEN}"
        self.mailjet_server = self.registered_server(name="Mailjet", from_filter=domains)
        self.stopped = self.account_server(
            "aldeamo", "smtp", name="Aldeamo", smtp_pass="wrong", from_filter=domains, **dns.aldeamo
        )
        self.tell_events()
        self.send_mailing(self.stopped)
        self.watch()
        self.entry = self.env["mail.blacklist"].create({"email": "ana@cliente.example"})
        self.mailjet.contacts.exclude(self.entry.email)
        self.mailing.write(
            {
                "mail_server_id": self.mailjet_server.id,
                "email_from": "eva@gmail.example",
                "state": "draft",
            }
        )
        self.waiting = self.mailing.copy({"mail_server_id": self.stopped.id})
        self.env.flush_all()

    def tell_events(self):
        """Send mails through Mailjet, receive events, then let another system replace the URL."""
        server = self.mailjet_server
        self.event(server)
        dialog = server.action_send_test()
        self.test = self.env[dialog["res_model"]].browse(dialog["res_id"])
        self.test.email_from = f"hola@{RIGHT}"
        self.test.action_send()
        _mail, self.trace = self.mailing_mail(server, "leo@cliente.example")
        self.send(_mail)
        self.grow_old(minutes=5)
        for row in self.callbacks()[:2]:
            self.account("PUT", f"eventcallbackurl/{row['ID']}", {"Url": FOREIGN})
        self.compare()
        server.action_refresh_account()
        with mute_logger("odoo.http"):
            self.opener.post(f"{self.base_url()}/mail_provider/{server.id}-wrong", data=b"{}")
        self.env["mail.dns.check"].check(server.id, [RIGHT, BROKEN])

    def screens(self):
        """Yield each screen: its name, the action that opens it, what to click, and the part to
        check.
        """
        server, stopped = self.mailjet_server, self.stopped
        for kind in ("list", "kanban"):
            yield f"servers, {kind}", view(server, kind), [], f".o_{kind}_renderer"
        yield "new server", {**view(server), "res_id": False}, [], FORM
        yield "stopped server", view(stopped), [], FORM
        for name in ("connection", "sending", "limits", "domain", "account", "webhook"):
            yield f"server, {name}", view(server), *page(name)
        for name in ("domain", "webhook"):
            yield f"Aldeamo's server, {name}", view(stopped), *page(name)
        sender = server.provider_sender_ids.filtered(lambda row: row.state == "missing")[:1]
        yield "add domain", server.action_add_domain(), [], DIALOG
        yield "add address", sender.action_add(), [], DIALOG
        yield "register webhook", server.action_register_webhooks(), [], DIALOG
        yield "missing events", server.action_fetch_missing_events(), [], DIALOG
        yield "test mail", server.action_send_test(), [], DIALOG
        yield "test mail, sent", self.test._opened(), [".o_mail_test_reasons button"], DIALOG
        yield "blacklist", view(self.entry), [], ".o_form_statusbar"
        yield "excluded", self.entry.action_ask_provider(), [], DIALOG
        for kind in ("list", "kanban", "form"):
            yield f"stop, {kind}", view(stopped.stop_ids, kind), [], f".o_{kind}_renderer"
            check = server.dns_check_ids[0]
            yield f"DNS, {kind}", view(check, kind), [], f".o_{kind}_renderer"
        yield "mailing that waits", view(self.waiting), [], WARNING % "server_notice"
        yield "results", self.mailing.action_view_results(), [], ".o_mailing_results_page"
        yield "mailing", view(self.mailing), page("settings")[0], WARNING % "sender_problem"
        yield "trace", view(self.trace), [], ".o_field_widget[name=mail_delivery_ids]"
        template = self.env["mail.template"].search([("mail_server_id", "=", False)], limit=1)
        template.mail_server_id = server
        yield "template", view(template), page("email_settings")[0], TEMPLATE
        settings = "base_setup.action_general_configuration"
        yield "settings", settings, [], SETTING % "mail_dns_resolver"
        mass_mailing = [".settings_tab .tab[data-key=mass_mailing]"]
        yield "retention", settings, mass_mailing, SETTING % "mail_tracking_retention_days"
        dns = server.action_check_dns()
        yield "DNS", dns, [".o_mail_dns_check_all:not(:disabled)", "summary"], ".o_mail_dns_page"
        yield "DNS, letter", dns, [".o_mail_dns_send"], DIALOG

    def test_screens(self):
        names = ("name", "action", "clicks", "part")
        screens = [dict(zip(names, screen, strict=True)) for screen in self.screens()]
        for screen in screens:
            if isinstance(screen["action"], dict):
                clean_action(screen["action"], self.env)
        self.env.flush_all()
        for width in (1366, 400):
            with (
                self.subTest(width=width),
                patch.object(type(self), "browser_size", f"{width}x900"),
            ):
                self.browser_js(
                    f"/web?axe={axe(self.env)}",
                    LOOK % json.dumps(screens, default=str),
                    READY,
                    login="overseer",
                    timeout=300,
                )
