# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models

from ...addresses import readable_domain
from ...dns_check import ACTIONS, CHECKS, STATUSES
from .packing import DECISIVE, unpack

# Of the results that decide, the gravest; those without a verdict say that something isn't known.
GRAVITY = ("fail", "unknown", "info", "warning", "ok")


class MailDnsCheck(models.Model):
    """What a check of one domain's DNS found for one mail server, when it was last made."""

    _name = "mail.dns.check"
    _description = "DNS Check of a Domain"
    # An activity is notified of through the thread of its record.
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "mail_server_id, domain"
    _rec_name = "domain"

    mail_server_id = fields.Many2one(
        "ir.mail_server", required=True, readonly=True, ondelete="cascade", index=True
    )
    # In ASCII, as the DNS has it.
    domain = fields.Char(required=True, readonly=True)
    checked_datetime = fields.Datetime(string="Checked On", readonly=True)
    state = fields.Selection(
        [
            ("ok", "Ready"),
            ("warning", "Ready, could be better"),
            ("info", "Incomplete"),
            ("unknown", "Could not be checked"),
            ("fail", "Not ready"),
        ],
        readonly=True,
    )
    headline = fields.Char(compute="_compute_headline")
    results = fields.Json(readonly=True)
    # Check → its status when it was last known. A week in which the DNS does not answer must
    # not make forget what was right before.
    known = fields.Json(readonly=True)
    # The checks that the administrators were told of, as long as they are not right again.
    broken = fields.Json(readonly=True)

    _sql_constraints = [
        (
            "domain_unique",
            "UNIQUE(mail_server_id, domain)",
            "A domain can't have two results.",
        )
    ]

    @api.depends("results")
    @api.depends_context("lang")
    def _compute_headline(self):
        for record in self:
            record.headline = record._headline(record.results or [])

    @api.model
    def _state(self, results):
        """Return the state that packed results add up to."""
        found = {result["name"]: result["status"] for result in results}
        statuses = {name: status for name, status in found.items() if name in DECISIVE}
        if found.get("ownership") == "info":
            # Nobody asks for it: a domain long known to the provider has no token any more.
            statuses.pop("ownership")
        return next((status for status in GRAVITY if status in statuses.values()), "unknown")

    def _headline(self, results):
        """Return in one sentence how ready the domain is."""
        provider = self.mail_server_id._dns_provider_name()
        state = self._state(results)
        names = [
            self._translated(CHECKS[result["name"]].title)
            for result in results
            if result["name"] in DECISIVE and result["status"] == state
        ]
        sentences = {
            "ok": _("Ready to send through %(provider)s", provider=provider),
            "warning": _(
                "Ready to send through %(provider)s; could be better: %(checks)s",
                provider=provider,
                checks=", ".join(names),
            ),
            "info": _(
                "No errors found. Not everything could be checked: %(checks)s",
                checks=", ".join(names),
            ),
            "unknown": _("Could not be checked: %(checks)s", checks=", ".join(names)),
            "fail": _("Not ready. Wrong or missing: %(checks)s", checks=", ".join(names)),
        }
        return sentences[state] if results else _("Not checked yet")

    def _card(self):
        """Return the domain and its last results for the view, in the user's language."""
        self.ensure_one()
        results = self.results or []
        return {
            "domain": self.domain,
            "name": readable(self.domain),
            "checked": self.checked_datetime and fields.Datetime.to_string(self.checked_datetime),
            "state": self.state or "unknown",
            "headline": self.headline,
            "results": [self._shown(result) for result in results],
            "letter": self._letter(results),
        }

    def _letter(self, results):
        """Return subject and body of a mail that asks somebody to change the DNS, or None.

        What belongs to the DNS of others is not in it: they don't do it.
        """
        operations = []
        for result in results:
            if result["name"] in (*DECISIVE, "tracking"):
                operations += [
                    operation
                    for operation in result["operations"]
                    if operation["action"] != "blocked"
                    and operation["domain"] == self.domain
                    and operation not in operations
                ]
        if not operations:
            return None
        provider = self.mail_server_id._dns_provider_name()
        domain = readable(self.domain)
        greeting = _(
            "Hello,\n\nplease make these changes in the DNS of %(domain)s. Without them, the "
            "emails that we send through %(provider)s may not arrive.",
            domain=domain,
            provider=provider,
        )
        closing = _("Please tell me when it is done, so that I can check it. Thank you.")
        steps = [
            self._step(number, operation) for number, operation in enumerate(operations, start=1)
        ]
        return {
            "subject": _("Changes in the DNS of %s", domain),
            "body": "\n\n".join([greeting, *steps, closing]),
        }

    def _step(self, number, operation):
        """Return one operation as text that can be copied from a mail."""
        lines = [f"{number}. {self._translated(ACTIONS[operation['action']])}"]
        labels = [(_("Name"), operation["name"])]
        if operation["action"] == "add":
            labels += [(_("Type"), operation["type"]), (_("Value"), operation["value"])]
        else:
            labels += [(_("Type"), operation["old_type"])]
            labels += [(_("Current value"), operation["old_value"])]
        if operation["action"] == "replace":
            if operation["type"] != operation["old_type"]:
                labels += [(_("New type"), operation["type"])]
            labels += [(_("New value"), operation["value"])]
        return "\n".join(lines + [f"   {label}: {value}" for label, value in labels])

    @api.model
    def _shown(self, result):
        """Return a packed result with its texts in the user's language."""
        texts = {name: unpack(result[name]) for name in ("found", "expected")}
        check = CHECKS[result["name"]]
        return {
            **result,
            **{name: text and text.render(self._translated) for name, text in texts.items()},
            "problems": [
                {**problem, "texts": self._sentences(problem)} for problem in result["problems"]
            ],
            "operations": [
                {**operation, "heading": self._translated(ACTIONS[operation["action"]])}
                for operation in result["operations"]
            ],
            "title": self._translated(check.title),
            "why": self._translated(check.why),
            "word": self._translated(STATUSES[result["status"]]),
            "is_decisive": result["name"] in DECISIVE,
        }

    @api.model
    def _sentences(self, problem):
        """Return what a packed problem says in the user's language: up to three sentences."""
        return [unpack(text).render(self._translated) for text in problem["texts"]]

    @api.model
    def _translated(self, template):
        return _(template)  # pylint: disable=translation-required


def readable(domain):
    """Return a domain in ASCII as people read it, followed by itself where that differs."""
    name = readable_domain(domain)
    return name if name == domain else f"{name} ({domain})"
