"""Mail servers and mailings in a running Odoo, made as its admin and its marketers make them."""

from collections.abc import Iterable
from typing import Any

from dev.odoo import Odoo, RpcError
from lab.sandbox.provider import FakeProvider

_SENDER = "Tienda Sandbox <tienda@empresa.example>"


def make_server(odoo: Odoo, sandbox: FakeProvider, name: str, **values: Any) -> int:
    """Make a mail server that reaches a provider of the sandbox by SMTP; return its id.

    :param values: more of its fields
    """
    values = {
        "name": name,
        "smtp_host": sandbox.smtp_host,
        "smtp_port": sandbox.smtp_port,
        "smtp_encryption": "starttls",
        "smtp_user": sandbox.user,
        "smtp_pass": sandbox.password,
        **values,
    }
    return int(odoo.rpc("ir.mail_server", "create", values))


def make_mailing(
    odoo: Odoo, server: int, emails: Iterable[str], list_name: str, subject: str, body: str
) -> tuple[int, int]:
    """Make a mailing to a new list, with a contact of each address; return their ids."""
    mailing_list = odoo.rpc("mailing.list", "create", {"name": list_name})
    contacts = [
        {"name": _name(email), "email": email, "list_ids": [(6, 0, [mailing_list])]}
        for email in emails
    ]
    odoo.rpc("mailing.contact", "create", contacts)
    [model] = odoo.rpc("ir.model", "search", [("model", "=", "mailing.list")])
    values = {
        "subject": subject,
        "mailing_type": "mail",
        "mailing_model_id": model,
        "contact_list_ids": [(6, 0, [mailing_list])],
        "mail_server_id": server,
        "email_from": _SENDER,
        "body_html": body,
    }
    return odoo.rpc("mailing.mailing", "create", values), mailing_list


def _name(email: str) -> str:
    return email.partition("@")[0].replace(".", " ").title()


def run_job(odoo: Odoo, xmlid: str) -> bool:
    """Run one of Odoo's scheduled jobs in the worker that takes the request.

    :return: False if Odoo's scheduler is at it
    """
    module, name = xmlid.split(".")
    domain = [("module", "=", module), ("name", "=", name)]
    [data] = odoo.rpc("ir.model.data", "search_read", domain, ["res_id"])
    try:
        odoo.rpc("ir.cron", "method_direct_trigger", [data["res_id"]])
    except RpcError as error:
        if "currently being executed" not in str(error):
            raise
        return False
    return True
