"""The SMTP conversation, through the client that Odoo uses."""

import base64
import smtplib

import pytest
from conftest import connect, mail, send


def test_mail_is_accepted_after_starttls_and_login(provider):
    (received,) = send(provider, mail(X_Odoo_Ref="Token"))

    assert received.mail_from == "ventas@empresa.example"
    assert received.recipients == ("ana@cliente.example",)
    assert received.email["Subject"] == received.subject == "Promoción de mañana"
    assert received.raw_header("x-odoo-ref") == "Token"
    assert received.link == "https://empresa.example/r/a?x=1&y=2"


@pytest.mark.parametrize("mechanism", ["auth_login", "auth_plain"])
def test_both_login_mechanisms(provider, mechanism):
    with smtplib.SMTP(provider.smtp_host, provider.smtp_port, timeout=10) as smtp:
        smtp.starttls()
        smtp.ehlo()
        smtp.user, smtp.password = provider.user, provider.password
        code, _text = smtp.auth(mechanism.removeprefix("auth_"), getattr(smtp, mechanism))
    assert code == 235


def test_wrong_password_is_refused(provider):
    with smtplib.SMTP(provider.smtp_host, provider.smtp_port, timeout=10) as smtp:
        smtp.starttls()
        with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
            smtp.login(provider.user, "wrong")
    assert refused.value.smtp_code == 535


def test_login_in_the_clear_is_refused(provider):
    credentials = base64.b64encode(f"\0{provider.user}\0{provider.password}".encode()).decode()
    with smtplib.SMTP(provider.smtp_host, provider.smtp_port, timeout=10) as smtp:
        smtp.ehlo()
        assert not smtp.has_extn("auth")
        code, _text = smtp.docmd("AUTH", f"PLAIN {credentials}")
    assert code == 530


def test_mail_without_login_is_refused(provider):
    with smtplib.SMTP(provider.smtp_host, provider.smtp_port, timeout=10) as smtp:
        smtp.starttls()
        with pytest.raises(smtplib.SMTPSenderRefused) as refused:
            smtp.send_message(mail())
    assert refused.value.smtp_code == 530
    assert not provider.received


def test_connection_test_of_odoo_leaves_no_mail(provider):
    """It goes as far as the answer to DATA, then closes the connection."""
    smtp = connect(provider)
    assert smtp.mail("ventas@empresa.example")[0] == 250
    assert smtp.rcpt("noreply@odoo.example")[0] == 250
    assert smtp.docmd("DATA")[0] == 354
    smtp.close()

    assert len(send(provider, mail())) == len(provider.received) == 1


def test_on_message_runs_before_the_mail_is_accepted(provider):
    accepted = []
    provider.on_message = lambda message: accepted.append(("seen", len(provider.received)))
    with connect(provider) as smtp:
        smtp.send_message(mail())
        accepted.append(("answered", len(provider.received)))
    assert accepted == [("seen", 0), ("answered", 1)]


def test_mail_is_refused_when_on_message_fails(provider):
    def fail(message):
        raise RuntimeError("no")

    provider.on_message = fail
    with connect(provider) as smtp, pytest.raises(smtplib.SMTPDataError):
        smtp.send_message(mail())
    assert not provider.received


def test_mailjet_takes_its_control_headers_away(sandbox):
    send(
        sandbox.mailjet,
        mail(
            X_MJ_CustomID="id",
            X_MJ_EventPayload="payload",
            X_Mailjet_Campaign="spring",
            X_Mailjet_TrackOpen="1",
            X_Odoo_Ref="kept",
            References="<1.odoo@empresa.example>",
        ),
    )

    (email,) = sandbox.mailjet.delivered
    assert not [name for name in email if name.lower().startswith(("x-mj", "x-mailjet"))]
    assert email["X-Odoo-Ref"] == "kept"
    assert email["References"] == "<1.odoo@empresa.example>"
    assert email["Message-Id"].endswith("@mailjet.com>")
    assert sandbox.mailjet.received[0].email["X-MJ-CustomID"] == "id"


def test_aldeamo_takes_nothing_away(sandbox):
    send(sandbox.aldeamo, mail(X_Odoo_Ref="kept"))
    assert sandbox.aldeamo.delivered[0]["X-Odoo-Ref"] == "kept"
    assert sandbox.aldeamo.delivered[0]["Message-Id"] == "<1.odoo@empresa.example>"
