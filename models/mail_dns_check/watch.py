# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from markupsafe import Markup

from odoo import SUPERUSER_ID, _, api, models

from ...dns_check import CHECKS

ACTIVITY = "mail.mail_activity_data_warning"


class MailDnsCheck(models.Model):
    """The weekly check: it notifies the administrators of new problems."""

    _inherit = "mail.dns.check"

    @api.model
    def _cron_watch(self):
        """Check the domains of all watched servers, each server within one deadline."""
        for server in self.env["ir.mail_server"].search([("dns_watch", "=", True)]):
            if not server.provider:
                continue
            domains = server.dns_check_ids.mapped("domain") or server._dns_domains()
            before = {record.domain: record.known or {} for record in server.dns_check_ids}
            records, _verdicts = self._check(server, domains)
            for record in records:
                record._tell_broken(before.get(record.domain, {}))
            self._release()

    def _tell_broken(self, before):
        """Give each administrator an activity if there are new problems.

        :param dict before: check → its last known status before this check
        """
        broken = [
            result
            for result in self.results
            if result["status"] in ("fail", "warning") and before.get(result["name"]) == "ok"
        ]
        if not broken:
            return
        self.broken = [*(self.broken or []), *(result["name"] for result in broken)]
        for user in self._administrators():
            record = self.with_context(lang=user.lang)
            record.activity_schedule(
                ACTIVITY,
                user_id=user.id,
                summary=record._summary(),
                note=record._note(broken),
            )

    def _summary(self):
        return _("The DNS of %s has new problems", self.domain)

    def _note(self, broken):
        """Return the new problems as HTML; texts from the DNS are escaped."""
        items = Markup().join(
            Markup("<li><b>%s</b>: %s</li>")
            % (
                self._translated(CHECKS[result["name"]].title),
                " ".join(
                    sentence
                    for problem in result["problems"]
                    for sentence in self._sentences(problem)
                ),
            )
            for result in broken
        )
        return Markup("<ul>%s</ul>") % items

    def _close_fixed(self, known):
        """Remove the activities when all their checks are right again.

        :param dict known: check → its last known status
        """
        still = [name for name in self.broken or [] if known.get(name) != "ok"]
        if self.broken and not still:
            self.activity_unlink([ACTIVITY])
        self.broken = still

    @api.model
    def _administrators(self):
        users = self.env.ref("base.group_system").sudo().users
        return users.filtered(lambda user: user.active and user.id != SUPERUSER_ID)
