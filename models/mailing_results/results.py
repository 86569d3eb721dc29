# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from collections import Counter
from datetime import timedelta
from itertools import islice

from odoo import _, fields, models

from . import figures, queries
from .sheet import sheet
from .words import FIGURES, KINDS, TABLES

# Number of receiving domains with a row of their own
DOMAINS = 15
COMPARED = 10  # mailings in the average
LOOKED_AT = 50  # mailings from which those are chosen
# Figures of a domain, or of each of several mailings
COLUMNS = ("sent", "delivered", "opened", "clicked", "hard", "soft", "failed")
RATES = ("delivered", "opened", "clicked")


class MailingMailing(models.Model):
    """The results of a mailing, or of its A/B test or its campaign."""

    _inherit = "mailing.mailing"

    def action_view_results(self):
        """Open the results of this mailing."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "mail_mailjet_aldeamo.mailing_results",
            "name": _("Results"),
            "context": {"active_id": self.id, "active_model": self._name},
        }

    def get_results(self, scope="mailing"):
        """Return what is counted by email: figures, failures, mailings and receiving domains.

        :param str scope: ``mailing``, ``ab_test`` or ``campaign``: which mailings count
        :raises AccessError: the user may not read the mailing, or emails and events
        """
        mailings = self._mailings_of_results(scope)
        deliveries = self._emails_of_results(mailings)
        emails = queries.read_emails(self.env.cr, deliveries)
        total = figures.totals(emails)
        total.update(queries.read_reported(self.env.cr, mailings.ids))
        tables = [self._domains_table(emails)]
        if len(mailings) > 1:
            tables.insert(0, self._mailings_table(emails, mailings))
        return {
            "title": self.subject,
            "scope": scope,
            "scopes": self._scopes_of_results(),
            "notice": self._notice_of_results(mailings, total),
            "figures": self._figures_of_results(total),
            "tables": [table for table in tables if table["rows"]],
            "failures": self._failures_of_results(emails, mailings),
        }

    def get_results_of_events(self, scope="mailing"):
        """Return what is counted by opens and clicks: hours, and tables of links, places, devices.

        A separate call, because a large mailing has many events. The page makes it at the same
        time as `get_results`, so that two processes of Odoo and PostgreSQL work on them.
        """
        deliveries = self._emails_of_results(self._mailings_of_results(scope))
        found = queries.read_dimensions(self.env.cr, deliveries)
        return {
            "hours": {name: spread(found[name]) for name in ("opened", "clicked")},
            "tables": [self._dimension_table(name, found[name]) for name in TABLES if found[name]],
        }

    def get_results_average(self, scope="mailing"):
        """Return the average rates of the last other mailings, over all their emails.

        A separate call, because it reads the emails of ten mailings.

        :return: code of the figure → percent, and from how many ``mailings``
        """
        shown = self._mailings_of_results(scope)
        latest = self.search(
            [("mailing_type", "=", "mail"), ("state", "=", "done"), ("id", "not in", shown.ids)],
            order="sent_date DESC, id DESC",
            limit=LOOKED_AT,
        )
        others = self.browse(
            mailing.id
            for mailing in islice(filter(lambda m: m.last_email_status, latest), COMPARED)
        )
        if not others:
            return {"mailings": 0, "rates": {}}
        emails = queries.read_emails(self.env.cr, self._emails_of_results(others))
        total = figures.totals(emails)
        total.update(queries.read_reported(self.env.cr, others.ids))
        return {
            "mailings": len(others),
            "rates": {name: figures.rate(total, name) for name in figures.BASES},
        }

    def _sheet_of_results(self, scope):
        """Return the bytes of a workbook with the figures and the average."""
        machines = _("By machines only")
        words = {
            "results": _("Results"),
            "figure_columns": [
                *(_("Figure"), _("Emails"), _("Rate"), _("Average"), machines, _("What it counts"))
            ],
            "hours": _("Hours"),
            "hour_columns": [
                *(_("Hour after sending"), _("Opened"), _("Opened by machines only")),
                *(_("Clicked"), _("Clicked by machines only")),
            ],
            "failures": _("Failures"),
            "failure_columns": [_("Kind"), _("Cause"), _("Emails"), _("What to do")],
        }
        results, events = self.get_results(scope), self.get_results_of_events(scope)
        results.update(hours=events["hours"], tables=results["tables"] + events["tables"])
        return sheet(results, self.get_results_average(scope), words)

    def _mailings_of_results(self, scope):
        """Return the mailings of a scope that the user may read."""
        self.ensure_one()
        self.check_access_rights("read")
        self.check_access_rule("read")
        if scope == "mailing" or not self.campaign_id:
            return self
        domain = [("campaign_id", "=", self.campaign_id.id), ("mailing_type", "=", "mail")]
        if scope == "ab_test":
            domain.append(("ab_testing_enabled", "=", True))
        return self.search(domain, order="sent_date, id")

    def _scopes_of_results(self):
        """Return the available scopes; A/B test and campaign only if they have several mailings."""
        scopes = [("mailing", _("This Mailing"))]
        if self.ab_testing_enabled and len(self._mailings_of_results("ab_test")) > 1:
            scopes.append(("ab_test", _("A/B Test")))
        if len(self._mailings_of_results("campaign")) > 1:
            scopes.append(("campaign", _("Campaign: %s", self.campaign_id.display_name)))
        return [{"code": code, "label": label} for code, label in scopes]

    def _emails_of_results(self, mailings):
        """Return the query of all emails of mailings that the user may read, without tests."""
        self.env["mail.tracking"].check_access_rights("read")
        for model in ("mail.delivery", "mail.tracking", "mailing.mailing"):
            self.env[model].flush_model()
        # The emails of a large mailing are sorted and grouped in memory, not on the disk.
        self.env.cr.execute("SET LOCAL work_mem = '64MB'")
        return self.env["mail.delivery"]._search(
            [
                ("mass_mailing_id", "in", mailings.ids),
                ("mailing_trace_id", "!=", False),
                ("is_test", "=", False),
            ]
        )

    def _notice_of_results(self, mailings, total):
        """Return why figures are missing or incomplete, or False."""
        if not total["emails"]:
            return _("No emails were sent through an email provider, or they are too old.")
        days = min(self.env["mail.tracking"].sudo()._retention().values())
        sent = [mailing.sent_date for mailing in mailings if mailing.sent_date]
        if sent and min(sent) < fields.Datetime.now() - timedelta(days=days):
            return _("Odoo keeps events for %s days. Some may already be deleted.", days)
        return False

    def _figures_of_results(self, total):
        return [
            {
                "code": name,
                "label": self._translate_text(label),
                "note": self._translate_text(note),
                "count": total[name],
                "rate": figures.rate(total, name),
                "machines": total[f"{name}_by_machines"],
            }
            for name, (label, note) in FIGURES.items()
        ]

    def _failures_of_results(self, emails, mailings):
        """Return causes, the advice about each, and the number of emails that can be retried."""
        corrected = mailings._corrected_failures()
        causes = dict(self.env["mail.delivery"]._fields["failure"]._description_selection(self.env))
        not_known = _("Unknown cause")
        return [
            {
                "kind": kind,
                "failure": failure,
                "label": self._translate_text(KINDS[kind]),
                "cause": causes.get(failure) or not_known,
                "count": count,
                "advice": self.env["mail.delivery"]._advice(failure),
                "retryable": (
                    count if figures.can_be_retried(kind, failure) else corrected[kind, failure]
                ),
            }
            for (kind, failure), count in figures.failures(emails).items()
        ]

    def _mailings_table(self, emails, mailings):
        sums = figures.totals_by(emails, "mailing_id")
        rows = [(mailing.display_name, sums.get(mailing.id, Counter())) for mailing in mailings]
        note = _("The results of each mailing.")
        return self._totals_table("mailings", _("Mailings"), _("Mailing"), note, rows)

    def _domains_table(self, emails):
        sums = figures.totals_by(emails, "domain")
        others = _("All others")
        rows = [
            (others if domain is None else domain, total)
            for domain, total in figures.first(sums, DOMAINS)
        ]
        note = _("The recipients' domains show which mailbox providers reject your emails.")
        return self._totals_table("domains", _("Receiving Domains"), _("Domain"), note, rows)

    def _totals_table(self, code, title, name, note, rows):
        """Return a table of sums with the most important rates.

        :param list rows: of (name, `Counter`)
        """
        columns = [{"label": name, "kind": "text", "note": ""}]
        for figure in COLUMNS:
            label, meaning = map(self._translate_text, FIGURES[figure])
            columns.append({"label": label, "kind": "count", "note": meaning})
            if figure in RATES:
                columns.append({"label": f"{label} (%)", "kind": "rate", "note": meaning})
        values = []
        for row_name, total in rows:
            row = [row_name]
            for figure in COLUMNS:
                row.append(total[figure])
                if figure in RATES:
                    row.append(figures.rate(total, figure))
            values.append(row)
        return {"code": code, "title": title, "note": note, "columns": columns, "rows": values}

    def _dimension_table(self, dimension, found):
        """Return a table of opened or clicked emails by a dimension.

        :param list found: of (value, emails by people, emails by machines only)
        """
        title, name, note = map(self._translate_text, TABLES[dimension])
        names = self._names_of_values(dimension, [value for value, _people, _machines in found])
        machines_note = _("Emails that only a mail proxy or a security scanner opened or clicked.")
        not_known = _("Not known")
        return {
            "code": dimension,
            "title": title,
            "note": note,
            "columns": [
                {"label": name, "kind": "link" if dimension == "link" else "text", "note": ""},
                {"label": _("Emails"), "kind": "count", "note": note},
                {"label": _("By machines only"), "kind": "count", "note": machines_note},
            ],
            "rows": [
                [names.get(value) or not_known, people, machines]
                for value, people, machines in found
            ],
        }

    def _names_of_values(self, dimension, values):
        """Return value → its name."""
        if dimension == "device":
            field = self.env["mail.tracking"]._fields["device_type"]
            return dict(field._description_selection(self.env))
        if dimension not in ("country", "city"):
            return {value: value for value in values}
        split = {value: value.partition("/") for value in values if value}
        ids = {int(country) for country, _slash, _city in split.values()}
        countries = {c.id: c.name for c in self.env["res.country"].browse(ids).exists()}
        return {
            value: ", ".join(filter(None, (city, countries.get(int(country)))))
            for value, (country, _slash, city) in split.items()
        }

    def _translate_text(self, text):
        """Return a lazy translation in the user's language."""
        return str(text)


def spread(found):
    """Return emails per hour by people and by machines, for the first hours.

    :param list found: of (hour as text, emails by people, emails by machines alone)
    """
    people, machines = [0] * queries.HOURS, [0] * queries.HOURS
    for hour, by_people, by_machines in found:
        if int(hour) < queries.HOURS:
            people[int(hour)], machines[int(hour)] = by_people, by_machines
    return {"people": people, "machines": machines}
