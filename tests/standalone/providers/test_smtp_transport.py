"""Handing mails over by SMTP: what each fault of a server comes to, and what arrives."""

import smtplib
import socket
import ssl
import threading
import time
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sending import mime
from smtp_server import SmtpServer

from lab.sandbox.faults import SmtpFault
from providers.message import make_harmless, without_names
from providers.smtp import SmtpTransport, as_bytes, check_lines
from providers.transport import PreparedMail

pytestmark = pytest.mark.slow

ANA = "ana@cliente.example"
LEO = "leo@cliente.example"
SENDER = "ventas@empresa.example"
HANGING = 30  # seconds: longer than a test takes


def transport_of(account, timeout=20, **changes):
    """A transport to an account of the sandbox, with a connection as Odoo makes it."""

    def connect():
        smtp = smtplib.SMTP(account.smtp_host, account.smtp_port, timeout=timeout)
        smtp.starttls()
        smtp.login(account.user, changes.get("password", account.password))
        return smtp

    return SmtpTransport(connect, "Mailjet")


def plain_transport(server, timeout=20):
    return SmtpTransport(lambda: smtplib.SMTP("127.0.0.1", server.port, timeout=timeout), "Mailjet")


def prepared_mime(to=ANA, token="t1", sender=SENDER, **values):
    """A mail as the outbox keeps it for SMTP."""
    recipients = [to] if isinstance(to, str) else to
    message = mime(recipients, **values)
    make_harmless(message)
    content = as_bytes(message, [sender, *recipients])
    check_lines(content)
    return PreparedMail(token, content, sender, tuple(recipients))


@pytest.fixture
def transport(mailjet):
    transport = transport_of(mailjet)
    yield transport
    transport.close()


def send(transport, *args, **values):
    (outcome,) = transport.send([prepared_mime(*args, **values)])
    return outcome


def recipients(account):
    return [received.recipients for received in account.received]


# --- What a fault comes to


def test_mail_after_mail_over_one_connection(account):
    transport = transport_of(account)
    for address in (ANA, LEO, ANA):
        assert send(transport, address).result == "accepted"
    transport.close()
    assert recipients(account) == [(ANA,), (LEO,), (ANA,)]
    assert account.received[0].mail_from == SENDER
    assert account.received[0].subject == "Promoción de mañana"
    assert account.received[0].email.get_body(("html",)).get_content().strip() == "<p>Hola</p>"


@pytest.mark.parametrize(
    ("fault", "result"),
    [
        # other mails would fare no better
        (SmtpFault.GREETING_4XX, "busy"),
        (SmtpFault.AUTH_4XX, "busy"),
        (SmtpFault.MAIL_4XX, "busy"),  # 4.3.2: the system doesn't accept mails
        (SmtpFault.BYE, "busy"),
        (SmtpFault.CLOSED_AT_DATA, "busy"),
        # this mail is to be tried later
        (SmtpFault.RCPT_4XX, "retry"),
        (SmtpFault.DATA_4XX, "retry"),
        (SmtpFault.FINAL_4XX, "retry"),
        # for good
        (SmtpFault.FINAL_5XX, "refused"),
        # nobody knows
        (SmtpFault.CLOSED_UNACCEPTED, "in_doubt"),
    ],
)
def test_what_was_not_taken(mailjet, transport, fault, result):
    """It is not sent again by itself; and the next mail leaves."""
    mailjet.smtp.order(fault)
    outcome = send(transport)
    assert outcome.result == result
    assert outcome.stops_others == (result == "busy")
    assert str(outcome.reason)
    assert (outcome.failure is not None) == (result == "refused")
    assert not mailjet.received
    assert send(transport, LEO).result == "accepted"
    assert recipients(mailjet) == [(LEO,)]


@pytest.mark.parametrize("fault", [SmtpFault.CLOSED_ACCEPTED, SmtpFault.HANGING_ACCEPTED])
@pytest.mark.parametrize("is_kept", [False, True])
def test_what_was_taken_without_a_word(mailjet, fault, is_kept):
    transport = transport_of(mailjet, timeout=1.5)
    mailjet.smtp.patience = 3
    if is_kept:
        assert send(transport, LEO).result == "accepted"
    mailjet.smtp.order(fault)
    outcome = send(transport)
    assert outcome.result == "in_doubt"
    assert "may have accepted the mail" in str(outcome.reason)
    assert recipients(mailjet).count((ANA,)) == 1
    transport.close()


def test_slow_server(mailjet, transport):
    mailjet.smtp.patience = 1
    mailjet.smtp.order(SmtpFault.GREETING_SLOW)
    mailjet.smtp.order(SmtpFault.SLOW)
    assert send(transport).result == "accepted"
    assert recipients(mailjet) == [(ANA,)]


def test_mail_that_a_server_chokes_on_stops_no_other(mailjet, transport):
    mailjet.smtp.poison(ANA)
    results = [send(transport, address).result for address in (ANA, LEO, ANA)]
    assert results == ["retry", "accepted", "retry"]


@pytest.mark.parametrize(
    ("reply", "result", "failure"),
    [
        # Postfix says so of a sender whose domain is not found: others may leave
        (b"450 4.1.8 Sender address rejected: Domain not found", "retry", None),
        (b"451 4.7.1 Greylisted", "retry", None),
        (b"452 4.3.1 Insufficient system storage", "busy", None),
        (b"421 4.7.0 Too many connections", "busy", None),
        (b"550 5.7.1 Sender not allowed", "refused", "sender"),
        (b"552 5.3.4 Message too big", "refused", "content"),
        (b"530 5.7.0 Authentication required", "account_blocked", None),
        (b"nonsense", "busy", None),
    ],
)
def test_reply_to_the_sender(reply, result, failure):
    with SmtpServer(MAIL=reply) as server:
        transport = plain_transport(server)
        outcome = send(transport)
        assert (outcome.result, outcome.failure) == (result, failure)
        server.replies.clear()
        assert send(transport).result == "accepted"
        assert len(server.mails) == 1
        transport.close()


@pytest.mark.parametrize("reply", [b"nonsense", b"250-no end", b"354 Go on", b"", b"2" * 9000])
def test_broken_answer_to_the_data_is_none(reply):
    """The server has the mail: it must not be handed over again."""
    with SmtpServer(**{".": reply}) as server:
        transport = plain_transport(server, timeout=1)
        outcome = send(transport)
        assert outcome.result == "in_doubt"
        assert len(server.mails) == 1
        server.replies.clear()
        assert send(transport, LEO).result == "accepted"
        transport.close()


def test_server_that_ends_after_the_data():
    """RFC 5321 3.8: with 421 it has not taken the mail."""
    with SmtpServer(**{".": b"421 4.3.2 Shutting down"}) as server:
        assert send(plain_transport(server)).result == "busy"


# --- Recipients


def test_one_of_several_is_refused(mailjet, transport):
    mailjet.smtp.refuse(LEO)
    outcome = send(transport, [ANA, LEO, "eva@cliente.example"])
    assert outcome.result == "accepted"
    assert list(outcome.refused) == [LEO]
    assert "550 5.1.1 No such recipient" in str(outcome.refused[LEO])
    assert recipients(mailjet) == [(ANA, "eva@cliente.example")]


def test_all_are_refused(mailjet, transport):
    for address in (ANA, LEO):
        mailjet.smtp.refuse(address)
    outcome = send(transport, [ANA, LEO])
    assert (outcome.result, outcome.failure) == ("refused", "invalid_address")
    assert "550 5.1.1 No such recipient" in str(outcome.reason)
    assert send(transport, "eva@cliente.example").result == "accepted"
    assert recipients(mailjet) == [("eva@cliente.example",)]


def test_passing_trouble_with_one_of_those_refused_is_worth_another_try():
    replies = iter([b"550 No", b"450 Later"])
    with SmtpServer() as server:
        server.replies = Replies({b"RCPT": lambda: next(replies)})
        assert send(plain_transport(server), [ANA, LEO]).result == "retry"
        assert not server.mails


class Replies(dict):
    def get(self, verb, default=None):
        reply = super().get(verb, default)
        return reply() if callable(reply) else reply


@pytest.mark.parametrize("address", ["añá@cliente.example", "\ud800@x.example"])
@pytest.mark.parametrize("extensions", [(), ("8BITMIME", "SIZE 10000000")])
def test_address_that_the_server_cannot_take(address, extensions):
    """It is no trouble of the connection: others leave."""
    mail = PreparedMail("t1", prepared_mime().content, SENDER, (address,))
    with SmtpServer(*extensions) as server:
        transport = plain_transport(server)
        (outcome,) = transport.send([mail])
        assert (outcome.result, outcome.failure) == ("refused", "invalid_address")
        assert send(transport, LEO).result == "accepted"
        assert len(server.mails) == 1
        transport.close()


def test_address_that_the_sandbox_cannot_take(mailjet, transport):
    assert send(transport, "añá@cliente.example").result == "refused"
    assert send(transport, LEO).result == "accepted"


def test_international_address():
    with SmtpServer("SMTPUTF8", "8BITMIME") as server:
        transport = plain_transport(server)
        assert send(transport, "añá@cliente.example").result == "accepted"
        assert send(transport, ANA).result == "accepted"
        transport.close()
        ((_ehlo, mail_from, rcpt_to, *_), data), ((mail_from_2, *_), data_2) = server.mails
    assert mail_from.endswith(b" SMTPUTF8 BODY=8BITMIME")
    assert rcpt_to == "rcpt TO:<añá@cliente.example>".encode()
    assert "\r\nTo: añá@cliente.example\r\n".encode() in data
    assert b"SMTPUTF8" not in mail_from_2
    assert data_2.split(b"\r\n\r\n")[0].isascii()


# --- Credentials and connections


def test_wrong_credentials(mailjet):
    transport = transport_of(mailjet, password="wrong")
    outcome = send(transport)
    assert (outcome.result, outcome.stops_others) == ("account_blocked", True)
    assert "doesn't accept “User” and “Password”" in str(outcome.reason)
    assert "wrong" not in str(outcome.reason)
    assert "535" in str(outcome.reason)
    assert not mailjet.received


def test_credentials_that_are_revoked(mailjet, transport):
    """Who is logged in stays so: that is up to the server."""
    assert send(transport).result == "accepted"
    mailjet.smtp.revoke()
    assert send(transport_of(mailjet)).result == "account_blocked"
    mailjet.smtp.heal()
    assert send(transport_of(mailjet)).result == "accepted"


def test_nobody_listens():
    outcome = send(SmtpTransport(lambda: smtplib.SMTP("127.0.0.1", 9), "Mailjet"))
    assert (outcome.result, outcome.stops_others) == ("busy", True)
    assert "can't be reached by SMTP. Nothing answers at that port" in str(outcome.reason)
    assert "tries again by itself" in str(outcome.reason)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "name isn't found (gaierror)"),
        (ConnectionRefusedError(), "Nothing answers at that port"),
        (TimeoutError(), "didn't answer in time"),
        (ssl.SSLCertVerificationError(), "certificate isn't trusted"),
        (ssl.SSLError(1, "WRONG_VERSION_NUMBER"), "encryption doesn't fit the port"),
        (smtplib.SMTPNotSupportedError("STARTTLS"), "encryption doesn't fit the port"),
        (smtplib.SMTPServerDisconnected("x"), "server closed the connection"),
        (OSError(101, "Network is unreachable"), "check server, port and encryption"),
        (smtplib.SMTPConnectError(554, b"go away"), "554 go away"),
    ],
)
def test_connection_that_fails(error, words):
    def connect():
        raise error

    trouble = str(SmtpTransport(connect, "Mailjet").check())
    assert trouble.startswith("Mailjet can't be reached by SMTP. ")
    assert words in trouble
    assert "tries again" not in trouble
    outcome = send(SmtpTransport(connect, "Mailjet"))
    assert outcome.result == "busy"
    assert str(outcome.reason) == f"{trouble} Odoo tries again by itself."


def test_check_sends_nothing(mailjet, transport):
    assert transport.check() is None
    assert transport.check(SENDER, ANA) is None
    assert not mailjet.received


def test_check_of_wrong_credentials(mailjet):
    connect = transport_of(mailjet, password="wrong")._connect
    trouble = SmtpTransport(connect, "Mailjet", ("API key", "Secret key")).check()
    words = "Mailjet doesn't accept “API key” and “Secret key”: copy both again"
    assert str(trouble).startswith(words)


def test_check_of_a_sender_that_is_refused():
    with SmtpServer(MAIL=b"550 5.7.1 Sender not allowed") as server:
        trouble = str(plain_transport(server).check(SENDER, ANA))
    assert "doesn't take mail from ventas@empresa.example: have the address" in trouble
    assert "550 5.7.1" in trouble


def test_server_that_comes_back(mailjet, transport):
    mailjet.smtp.vanish(1)
    deadline = time.monotonic() + 20
    results = []
    while "accepted" not in results and time.monotonic() < deadline:
        results.append(send(transport).result)
        time.sleep(0.05)
    assert set(results) == {"busy", "accepted"}
    assert recipients(mailjet) == [(ANA,)]


@pytest.mark.parametrize("said", [b"", b"421 4.4.2 Timeout exceeded\r\n"])
def test_connection_that_was_closed_while_idle(said):
    with SmtpServer() as server:
        transport = plain_transport(server)
        for number in range(1, 4):
            assert send(transport).result == "accepted"
            assert (len(server.mails), server.connections) == (number, number)
            server.close_connections(said)
        transport.close()


def test_connection_that_is_closed_each_time_is_not_tried_without_end():
    with SmtpServer() as server:
        transport = plain_transport(server)
        assert send(transport).result == "accepted"
        server.replies[b"MAIL"] = b"421 Go away"
        assert send(transport).result == "busy"
        assert server.connections == 2


# --- Ending a call


def aborted(transport, mail, after=0.3):
    """Abort a call from another thread; return its outcome and how long it went on."""
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.extend(transport.send([mail])))
    thread.start()
    time.sleep(after)
    assert thread.is_alive()
    began = time.monotonic()
    transport.abort()
    thread.join(HANGING)
    assert not thread.is_alive()
    return outcomes[0], time.monotonic() - began


def test_abort_of_a_call_that_hangs_after_the_data(mailjet):
    transport = transport_of(mailjet, timeout=HANGING)
    mailjet.smtp.patience = HANGING
    mailjet.smtp.order(SmtpFault.HANGING_ACCEPTED)
    outcome, seconds = aborted(transport, prepared_mime(), after=1.5)
    assert outcome.result == "in_doubt"
    assert seconds < HANGING / 3
    mailjet.smtp.heal()
    assert send(transport, LEO).result == "accepted"
    transport.close()


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("is_kept", [False, True])
def test_abort_of_a_call_that_hangs_before_the_data(command, is_kept):
    """Nothing was taken; and nothing is tried again behind the back of whoever ended it."""
    with SmtpServer() as server:
        transport = plain_transport(server, timeout=HANGING)
        if is_kept:
            assert send(transport).result == "accepted"
        released = threading.Event()
        server.replies = Replies({command.encode(): lambda: released.wait(HANGING) and b"421 Bye"})
        outcome, seconds = aborted(transport, prepared_mime())
        assert outcome.result == "busy"
        assert seconds < HANGING / 3
        assert server.connections == 1
        assert len(server.mails) == is_kept
        released.set()
        server.replies = {}
        assert send(transport, LEO).result == "accepted"
        transport.close()


def test_abort_while_the_connection_is_made():
    """As soon as it is there, it is closed: whoever aborted the call counts on its being over."""
    with SmtpServer() as server:
        going_on = threading.Event()

        def connect():
            going_on.wait(HANGING)
            return smtplib.SMTP("127.0.0.1", server.port, timeout=HANGING)

        transport = SmtpTransport(connect, "Mailjet")
        threading.Timer(0.6, going_on.set).start()
        outcome, _seconds = aborted(transport, prepared_mime())
        assert outcome.result == "busy"
        assert not server.mails
        assert send(transport).result == "accepted"
        transport.close()


def test_closing_during_a_call_puts_nothing_into_the_mail():
    with SmtpServer() as server:
        transport = plain_transport(server, timeout=HANGING)
        released = threading.Event()
        server.replies = Replies({b".": lambda: released.wait(HANGING) and b"250 Taken"})
        outcomes = []
        mail = prepared_mime()
        thread = threading.Thread(target=lambda: outcomes.extend(transport.send([mail])))
        thread.start()
        time.sleep(0.3)
        transport.close()
        thread.join(HANGING)
        released.set()
        assert outcomes[0].result == "in_doubt"
        assert b"QUIT" not in server.mails[0][1].upper()


# --- What arrives


@pytest.mark.parametrize(
    "text",
    [
        ".",
        "..",
        ".a\n..b\n.\nc",
        "a\n.\nQUIT\n",
        "a\r.\rMAIL FROM:<x@y.example>\rb",
        "x" * 3000,
        "ñ" * 3000,
        "sin fin de línea",
        "\n\n",
    ],
)
def test_text_arrives_as_it_was(mailjet, transport, text):
    mail = prepared_mime(text=text)
    assert transport.send([mail])[0].result == "accepted"
    (received,) = mailjet.received
    expected = message_from_bytes(mail.content, policy=policy.default)
    assert received.email.as_bytes() == expected.as_bytes()
    lines = received.email.get_body(("plain",)).get_content().splitlines()
    assert lines == text.splitlines()


def test_dots_are_doubled_on_the_wire():
    content = b"Subject: s\r\n\r\n.\r\n..\r\na.b\r\n\r\n.c"
    with SmtpServer() as server:
        transport = plain_transport(server)
        (outcome,) = transport.send([PreparedMail("t1", content, SENDER, (ANA,))])
        assert outcome.result == "accepted"
        assert send(transport).result == "accepted"
        transport.close()
    assert server.mails[0][1] == content + b"\r\n"
    assert len(server.mails) == 2


def test_size_and_eight_bits_are_announced():
    mail = prepared_mime(text="Hola, mañana")
    assert not mail.content.isascii()
    with SmtpServer("SIZE 1000", "8BITMIME") as server:
        transport = plain_transport(server)
        transport.send([mail])
        transport.close()
    options = server.mails[0][0][1]
    assert options.startswith(b"mail FROM")
    assert b" BODY=8BITMIME" in options
    assert f" SIZE={len(mail.content)}".encode() in options


def test_mail_that_is_larger_than_the_server_takes(mailjet, transport):
    large = prepared_mime(attachments=[("a.bin", bytes(26_000_000), "application/octet-stream")])
    (outcome,) = transport.send([large])
    assert (outcome.result, outcome.failure) == ("refused", "content")
    assert send(transport).result == "accepted"


@pytest.mark.parametrize(
    "evil",
    [
        "=?utf-8?q?a=0D=0AX-MJ-TemplateID:_666?=",
        "=?utf-8?b?YQ0KWC1NSi1UZW1wbGF0ZUlEOiA2NjY=?=",
        "=?utf-8?q?a=0AX-MJ-TemplateID:_666?=",
        "=?utf-8?q?a=0DX-MJ-TemplateID:_666?=",
        "=?utf-8?q?a=0D=0A=0D=0AX-MJ-TemplateID:_666?=",
        "=?utf-8?q?a=00b?=",
    ],
)
@pytest.mark.parametrize("header", ["Subject", "To", "From", "Reply-To", "X-Odoo-Objects"])
def test_no_text_adds_a_header(mailjet, transport, header, evil):
    value = evil if header in ("Subject", "X-Odoo-Objects") else f"{evil} <{ANA}>"
    message = mime()
    del message[header]
    try:
        message[header] = value
    except ValueError:
        # Python itself takes no line break in somebody's name; Odoo fails at the mail.
        assert header not in ("Subject", "X-Odoo-Objects")
        return
    make_harmless(message)
    content = as_bytes(message, [SENDER, ANA])
    assert transport.send([PreparedMail("t1", content, SENDER, (ANA,))])[0].result == "accepted"
    (received,) = mailjet.received
    names = [name for name, _value in received.raw_headers()]
    assert "X-MJ-TemplateID" not in names
    assert set(names) == {*dict(message.items())}
    assert b"\0" not in content
    assert received.email.get_body(("html",)).get_content().strip() == "<p>Hola</p>"


def test_harmless_headers_stay_as_they_are():
    message = mime(["Ana Núñez <ana@cliente.example>", LEO], X_Long="palabra " * 40)
    before = message.as_bytes()
    make_harmless(message)
    assert message.as_bytes() == before


def test_header_line_that_smtp_cannot_carry():
    check_lines(b"A: " + b"x" * 995 + b"\r\n\r\n" + b"y" * 2000)
    with pytest.raises(ValueError, match="The header X-MJ-Vars is longer than SMTP carries"):
        check_lines(b"A: b\r\nX-MJ-Vars: " + b"x" * 995 + b"\r\n\r\n")


@pytest.mark.parametrize(
    ("to", "envelope", "expected"),
    [
        (f'"jefa@otra.example" <{ANA}>', ["jefa@otra.example", ANA], [ANA]),
        (f'"Juan@Madrid" <{ANA}>', ["Juan@Madrid", ANA], [ANA]),
        # who is named and written to gets it
        (f'"{LEO}" <{ANA}>, {LEO}', [LEO, ANA], [LEO, ANA]),
        # a blind copy
        (f"Ana <{ANA}>", [ANA, LEO], [ANA, LEO]),
        ("Grupo <grupo@empresa.example>", [ANA, ANA], [ANA]),
        # never nobody
        (f'"{LEO}" <{ANA}>', [LEO], [LEO]),
    ],
)
def test_names_are_no_addresses(to, envelope, expected):
    assert without_names(mime([to]), envelope) == expected


def test_a_long_link_to_unsubscribe_stays_a_link():
    """RFC 2369: not in encoded words, which the email package makes of it."""
    link = f"<https://empresa.example/unsubscribe?token={'x' * 150}>"
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = SENDER, ANA, "Promociones"
    message["List-Unsubscribe"] = link
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content("Hola")
    assert b"=?utf-8?q?" in message.as_bytes()
    content = as_bytes(message, [SENDER, ANA])
    assert f"\r\nList-Unsubscribe: {link}\r\n".encode() in content
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in content
    check_lines(content)
