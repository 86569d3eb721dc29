# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json

from odoo.tests.common import HttpCase, tagged

from .common import ProviderCase

# Runs if a text is used as HTML, in an attribute or as a link. Short: addresses end at 320.
SCRIPT = "\"'><img src=x onerror=\"window.top.hostile=1;document.title='hostile'\">"
LINK = "javascript:void(window.top.hostile=1)"


@tagged("post_install", "-at_install", "slow")
class TestScriptsInEvents(ProviderCase, HttpCase):
    """No screen executes texts from events, which strangers have written."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_provider()

    def test_no_screen_executes_what_an_event_says(self):
        self.env.ref("base.user_admin").groups_id |= self.env.ref("base.group_no_one")
        trace = self.make_trace("ana@example.com")
        texts = dict.fromkeys(("subject", "browser", "device_type", "cityName", "msgid"), SCRIPT)
        click = self.aldeamo_event(trace, "click", **texts, destination=LINK)
        bounce = self.aldeamo_event(
            trace, "bounce", **texts, status="Rebote duro", response=SCRIPT, timestamp=SCRIPT
        )
        broken = {"event": SCRIPT, "type": SCRIPT, "email": SCRIPT + "@example.com", **texts}
        events = self.apply(click, bounce, broken)
        clicked, bounced, _unknown = events
        self.assertEqual(clicked.url, LINK)
        self.assertEqual(clicked.user_agent, SCRIPT)
        self.assertEqual(bounced.reason, SCRIPT)
        self.assertEqual(bounced.subject, SCRIPT)
        self.assertEqual(trace.failure_reason, SCRIPT)
        (bounced + clicked).state_reason = SCRIPT
        self.env["mail.tracking"].flush_model()
        action = self.env.ref("mail_mailjet_aldeamo.mail_tracking_action").id
        views = (
            ("mail.tracking", "list", False, "onerror="),
            ("mail.tracking", "form", clicked.id, "onerror="),
            ("mail.tracking", "form", bounced.id, "onerror="),
            ("mailing.trace", "form", trace.id, "onerror="),
            ("mailing.mailing", "form", self.mailing.id, self.mailing_list.name),
            ("ir.mail_server", "form", self.server.id, "Aldeamo"),
        )
        for model, kind, record, expected in views:
            url = f"/web#model={model}&view_type={kind}"
            url += f"&id={record}" if record else f"&action={action}"
            with self.subTest(url):
                control = json.dumps(SCRIPT.replace("hostile", "control"))
                look = LOOK.replace("EXPECTED", expected).replace("CONTROL", control)
                self.browser_js(url, look, READY[kind], login="admin", timeout=60)


READY = {
    "list": "!!document.querySelector('.o_list_view .o_data_row')",
    "form": "!!document.querySelector('.o_form_view .o_field_widget')",
}
# Open every tab, show optional columns, click links. Then execute the same text on purpose: when
# this is noticed, texts that were in the page before would have been executed, too.
LOOK = """
(async () => {
    const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
    const seen = async (look) => {
        for (let tries = 0; tries < 400 && !look(); tries++) await pause(50);
        return look();
    };
    window.open = () => null;
    for (const tab of document.querySelectorAll(".o_notebook .nav-link")) {
        tab.click();
        await seen(() => tab.classList.contains("active"));
    }
    const optional = document.querySelector(".o_optional_columns_dropdown button");
    if (optional) {
        optional.click();
        const hidden = ".o-dropdown--menu input:not(:checked)";
        await seen(() => document.querySelector(hidden));
        for (const box of document.querySelectorAll(hidden)) {
            box.click();
            await pause(100);
        }
    }
    for (const link of document.querySelectorAll(".o_field_url a, .o_field_email a")) {
        link.removeAttribute("target");
        link.addEventListener("click", (event) => {
            if (!link.href.startsWith("javascript:")) event.preventDefault();
        });
        link.click();
    }
    const isShown = await seen(() => document.body.textContent.includes("EXPECTED"));
    document.body.appendChild(document.createElement("div")).innerHTML = CONTROL;
    const isSeen = await seen(() => window.control);
    await pause(200);
    if (window.hostile) {
        console.error("a text of an event was executed");
    } else if (!isSeen) {
        console.error("an execution would not have been seen");
    } else if (!isShown) {
        console.error("no text of an event is shown");
    } else {
        console.log("test successful");
    }
})();
"""
