# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ...addresses import mail_domain
from ...dns_check import CHECKS, check_domains
from ...providers import PROVIDERS
from ...providers.account import RECORD_STATUSES
from ...providers.api import ApiError
from .packing import pack

# Seconds for a whole check: a user waits.
DEADLINE = 10
# Seconds after which the finished domains are shown
HURRY = 2
# Seconds for the provider's API
API_SECONDS = 3
MAX_DOMAINS = 50


class MailDnsCheck(models.Model):
    """The check itself, as the page calls it.

    No transaction is open while it waits for the DNS or the provider.
    """

    _inherit = "mail.dns.check"

    @api.model
    def _open(self, server, **params):
        """Return the action that shows the domains of a server.

        :param params: ``run``: start the check; ``domain``: show this one first
        """
        action = self.env["ir.actions.client"]._for_xml_id(
            "mail_mailjet_aldeamo.mail_dns_check_action"
        )
        context = {"active_model": "ir.mail_server", "active_id": server.id}
        return {**action, "params": params, "context": context}

    def action_open(self):
        """Open the page with the last results."""
        self.ensure_one()
        return self._open(self.mail_server_id, domain=self.domain)

    @api.model
    def prepare(self, server_id=None):
        """Return the initial data of the page: the servers, and the domains of one of them.

        :param int server_id: by default the first one with a provider
        """
        self.check_access_rights("write")
        servers = self.env["ir.mail_server"].search([("provider", "!=", False)])
        server = servers.browse(server_id).exists().filtered("provider") or servers[:1]
        kept = {record.domain: record for record in server.dns_check_ids}
        domains = server._dns_domains() if server else []
        return {
            "servers": [{"id": record.id, "name": record.name} for record in servers | server],
            "server_id": server.id,
            "provider": server._dns_provider_name(),
            "domains": [
                kept.get(domain, self._blank(server, domain))._card() for domain in domains
            ],
            "checks": [self._translated(CHECKS[name].title) for name in CHECKS],
            "deadline": HURRY + DEADLINE,
        }

    @api.model
    def add(self, server_id, text):
        """Return the card of a domain that the user entered.

        :raises UserError: `text` is no domain
        """
        self.check_access_rights("write")
        domain = mail_domain(text)
        if not domain:
            raise UserError(_("Emails can't be sent from “%s”: it isn't a valid domain.", text))
        return self._blank(self.env["ir.mail_server"].browse(server_id), domain)._card()

    @api.model
    def forget(self, server_id, domain):
        """Delete the results of a domain."""
        self.search([("mail_server_id", "=", server_id), ("domain", "=", domain)]).unlink()

    @api.model
    def check(self, server_id, domains, hurry=False):
        """Check domains, store the results, and return their cards.

        A card has the changes since the last check: `fixed` has the titles of the checks that are
        right now; `is_unchanged` is true if no check became right or wrong.

        :param list[str] domains: in ASCII
        :param bool hurry: leave out domains whose DNS does not answer quickly
        """
        self.check_access_rights("write")
        server = self.env["ir.mail_server"].browse(server_id)
        valid = list(dict.fromkeys(filter(None, map(mail_domain, domains[:MAX_DOMAINS]))))
        before = {record.domain: record._statuses() for record in server.dns_check_ids}
        records, verdicts = self._check(server, valid, hurry)
        return [
            {
                **record._card(),
                **record._progress(before.get(record.domain)),
                "verdict": verdicts[record.domain],
            }
            for record in records
        ]

    def _statuses(self):
        return {result["name"]: result["status"] for result in self.results or []}

    def _progress(self, before):
        """Return the changes since the last check.

        :param dict before: check → its status then, or None
        """
        now = self._statuses()
        wrong = ("fail", "warning", "unknown")
        fixed = [name for name in now if now[name] == "ok" and (before or {}).get(name) in wrong]
        return {
            "fixed": [self._translated(CHECKS[name].title) for name in fixed],
            "is_unchanged": bool(before) and before == now and "fail" in now.values(),
        }

    @api.model
    def ask_provider(self, server_id, domain):
        """Let the provider check the domain's DNS, and return its results."""
        self.check_access_rights("write")
        server = self.env["ir.mail_server"].browse(server_id)
        provider_domains, problem = self._ask_api(server, API_SECONDS, domain)
        return self._verdict(server, domain, provider_domains, problem)

    @api.model
    def _check(self, server, domains, hurry=False):
        """Check domains; return their records, and domain → provider's results.

        :param bool hurry: leave out domains whose DNS does not answer quickly
        """
        until = time.monotonic() + DEADLINE
        provider_domains, problem = self._ask_api(server, API_SECONDS)
        expectations = server._dns_expectations(domains, provider_domains)
        verdicts = {
            domain: self._verdict(server, domain, provider_domains, problem) for domain in domains
        }
        seconds = HURRY if hurry else until - time.monotonic()
        settings = self._resolver_settings(seconds)
        self._release()
        found = defaultdict(dict)
        late = set()
        for domain, result in check_domains(expectations, settings):
            found[domain][result.name] = pack(result)
            if hurry and "out_of_time" in result.codes:
                late.add(domain)
        records = self.browse()
        for domain in domains:
            if domain in late:
                continue
            results = [found[domain][name] for name in CHECKS]
            records |= self._keep(server, domain, results)
        return records, verdicts

    @api.model
    def _keep(self, server, domain, results):
        """Store the results of a domain; return its record."""
        record = self.search([("mail_server_id", "=", server.id), ("domain", "=", domain)])
        if not record:
            quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
            record = quiet.create({"mail_server_id": server.id, "domain": domain})
        statuses = {result["name"]: result["status"] for result in results}
        known = {name: status for name, status in statuses.items() if status != "unknown"}
        record.write(
            {
                "checked_datetime": fields.Datetime.now(),
                "state": self._state(results),
                "results": results,
                "known": {**(record.known or {}), **known},
            }
        )
        record._close_fixed(known)
        return record

    @api.model
    def _blank(self, server, domain):
        return self.new({"mail_server_id": server.id, "domain": domain})

    @api.model
    def _release(self):
        """End the transaction: its locks would block changes of the tables."""
        if not getattr(threading.current_thread(), "testing", False):
            self.env.cr.commit()  # pylint: disable=invalid-commit

    @api.model
    def _ask_api(self, server, seconds, check_again=None):
        """Return the provider's data by ASCII domain, and why there are none.

        :param str check_again: domain that the provider shall check first
        :rtype: tuple[dict[str, account.Domain], str | None]
        """
        provider = PROVIDERS[server.provider]
        if not provider.account:
            return {}, None
        if not server._has_api_credentials():
            return {}, _("Enter the credentials of %s, so that Odoo can ask it too.", provider.name)
        api = server._api(seconds=seconds)
        self._release()

        def ask():
            with api:
                account = provider.account(api)
                if check_again:
                    account.check_records(check_again)
                return account.domains()

        # In a thread, because the look-up of the API's host name has no time-out.
        pool = ThreadPoolExecutor(1, thread_name_prefix="dns-check-api")
        try:
            domains = pool.submit(ask).result(seconds)
        except FutureTimeoutError:
            return {}, _(
                "%(provider)s did not answer within %(seconds)s seconds.",
                provider=provider.name,
                seconds=seconds,
            )
        except ApiError as error:
            return {}, server._translate_text(error.reason)
        finally:
            pool.shutdown(wait=False)
        return {mail_domain(domain.name): domain for domain in domains}, None

    @api.model
    def _verdict(self, server, domain, provider_domains, problem):
        """Return the provider's results of a domain for the page; None if it has no account API."""
        provider = PROVIDERS[server.provider]
        if not provider.account:
            return None
        row = provider_domains.get(domain)
        if row is None:
            unknown = _("%s does not know this domain: add it to the account.", provider.name)
            return {"provider": provider.name, "text": problem or unknown, "checks": []}
        statuses = (("SPF", row.spf_status), ("DKIM", row.dkim_status))
        return {
            "provider": provider.name,
            "text": None,
            "can_check": True,
            "is_checking": row.is_checking,
            "checked": row.checked_at and fields.Datetime.to_string(row.checked_at),
            "checks": [
                {"name": name, "status": status, "word": self._translated(RECORD_STATUSES[status])}
                for name, status in statuses
            ],
        }
