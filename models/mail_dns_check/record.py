# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models

from ...addresses import readable_domain
from ...dns_check import ACTIONS, CHECKS, STATUSES
from .packing import DECISIVE, unpack

# The gravest decisive result is the state; an unknown one makes the state unknown.
GRAVITY = ("fail", "unknown", "info", "warning", "ok")


class MailDnsCheck(models.Model):
    """The last DNS check of one domain for one mail server."""

    _name = "mail.dns.check"
    _description = "DNS Check of a Domain"
    # `mail.activity.mixin` needs `mail.thread` for its notifications.
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "mail_server_id, domain"
    _rec_name = "domain"

    mail_server_id = fields.Many2one(
        "ir.mail_server", required=True, readonly=True, ondelete="cascade", index=True
    )
    # In ASCII
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
    # Check → its last known status. Kept while the DNS does not answer, to compare with later
    # results.
    known = fields.Json(readonly=True)
    # Checks with an activity for the administrators, until they are right again
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
        """Return the state that follows from packed results."""
        found = {result["name"]: result["status"] for result in results}
        statuses = {name: status for name, status in found.items() if name in DECISIVE}
        if found.get("ownership") == "info":
            # No token is expected: the provider has validated the domain before.
            statuses.pop("ownership")
        return next((status for status in GRAVITY if status in statuses.values()), "unknown")

    def _headline(self, results):
        """Return one sentence about the domain's state."""
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
        """Return the domain and its last results for the page, in the user's language."""
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
        """Return subject and body of a mail that asks for the changes in the DNS, or None.

        Without changes in the DNS of other domains, which the reader can't make.
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
        """Return one operation as plain text for a mail."""
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
        """Return the texts of a packed problem in the user's language: up to three sentences."""
        return [unpack(text).render(self._translated) for text in problem["texts"]]

    @api.model
    def _translated(self, template):
        return _(template)  # pylint: disable=translation-required


def readable(domain):
    """Return the readable spelling of an ASCII domain, followed by the domain if it differs."""
    name = readable_domain(domain)
    return name if name == domain else f"{name} ({domain})"
