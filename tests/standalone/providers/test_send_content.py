"""What a mail says when it arrives is what Odoo's MIME message said."""

import base64
import json
from email import message_from_bytes, policy
from email.header import Header
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.utils import formataddr, getaddresses

import pytest
from sending import hand_over, mime, outgoing, people, prepared, send, sends

from providers import PROVIDERS
from providers.base import Instructions
from providers.message import Mailbox, from_message, make_harmless

pytestmark = pytest.mark.slow

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ANA = "ana@cliente.example"
LEO = "leo@cliente.example"
EVA = "eva@cliente.example"


def odoo_address(name, email):
    """As `odoo.tools.formataddr` makes it: a name that isn't ASCII becomes an encoded word."""
    try:
        name.encode("ascii")
    except UnicodeEncodeError:
        word = base64.b64encode(name.encode()).decode()
        return f"=?utf-8?b?{word}?= <{email}>"
    return formataddr((name, email))


def accepted(api, message, envelope):
    found = hand_over(api, message, envelope)
    assert [(outcome.result, outcome.reason) for outcome in found] == [("accepted", None)] * len(
        found
    )
    return found


def arrived(account):
    (received,) = account.received
    return received


def files(email):
    return {
        part.get_filename(): (part.get_content_type(), part.get_payload(decode=True))
        for part in email.walk()
        if part.get_filename()
    }


def test_plain_mail(account, api, code):
    (outcome,) = accepted(api, mime(), [ANA])
    received = arrived(account)
    assert received.recipients == (ANA,)
    assert received.sender == "ventas@empresa.example"
    assert received.email["From"].addresses[0].display_name == "Ventas"
    assert received.subject == "Promoción de mañana"
    assert received.email.get_body(("html",)).get_content().strip() == "<p>Hola</p>"
    assert list(outcome.ids) == [ANA]
    if code == "mailjet":
        assert received.email.get_body(("plain",)).get_content().strip() == "Hola"


def test_ids_are_those_of_the_events(account, api):
    from lab.sandbox import Step

    (outcome,) = accepted(api, mime([ANA, LEO], Cc=EVA), [ANA, LEO, EVA])
    name, recipient = (
        ("Message_GUID", "email") if hasattr(account, "published") else ("msgid", "to")
    )
    events = account.events_for(arrived(account), Step.DELIVERED)
    assert outcome.ids == {event[recipient]: event[name] for event in events}


def test_copies_and_reply_to(account, api):
    message = mime(
        ANA, Cc=[LEO], Reply_To="Respuestas <respuestas@empresa.example>, otra@x.example"
    )
    accepted(api, message, [ANA, LEO, EVA])
    received = arrived(account)
    assert received.recipients == (ANA, LEO, EVA)
    assert received.email["To"] == ANA
    assert received.email["Cc"] == LEO
    assert EVA not in str(received.email)
    assert received.email["Reply-To"] == "Respuestas <respuestas@empresa.example>"


def test_who_stands_twice_gets_it_once(account, api):
    message = mime([ANA, ANA.upper()], Cc=[LEO, LEO])
    accepted(api, message, [ANA, ANA, LEO])
    assert arrived(account).recipients == (ANA, LEO)


def test_only_the_envelope_gets_it(account, api):
    """Odoo's modules may narrow the envelope down."""
    accepted(api, mime([ANA, LEO], Cc=[EVA]), [LEO])
    assert arrived(account).recipients == (LEO,)


def test_blind_copies_alone_do_not_see_each_other(account, api):
    """As with X-Forge-To, where To names somebody who doesn't get it."""
    accepted(api, mime("Grupo <grupo@empresa.example>"), [ANA, LEO])
    assert sorted(message.recipients for message in account.received) == [(ANA,), (LEO,)]
    for message in account.received:
        (other,) = {ANA, LEO} - set(message.recipients)
        assert other not in str(message.email)


def test_blind_copies_beside_a_copy_stay_blind(account, api):
    accepted(api, mime("grupo@empresa.example", Cc=[LEO]), [LEO, ANA])
    seen_by = {
        recipient: str(message.email)
        for message in account.received
        for recipient in message.recipients
    }
    assert set(seen_by) == {ANA, LEO}
    assert ANA not in seen_by[LEO]


NAMES = ["Ana Núñez", "Núñez, Ana", 'Ana "la jefa" Núñez', "Núñez (Ana)", "Ltda., Ñandú & Co", "李"]


@pytest.mark.parametrize("name", [*NAMES, "Nunez, Ana", 'Ana "la jefa" Nunez', "x" * 90 + " ñ"])
def test_display_names(account, api, name):
    message = mime([odoo_address(name, ANA)], Reply_To=odoo_address(name, LEO))
    del message["From"]
    message["From"] = odoo_address(name, "ventas@empresa.example")
    accepted(api, message, [ANA])
    email = arrived(account).email
    assert email["From"].addresses[0].display_name == name
    assert email["Reply-To"].addresses[0].display_name == name
    assert arrived(account).recipients == (ANA,)
    if hasattr(account, "published"):  # Aldeamo shows no name
        assert email["To"].addresses[0].display_name == name


def test_names_encoded_by_other_modules(mailjet, mailjet_api):
    """Not Odoo's base64: several words, and another character set."""
    name = Header("Núñez y Compañía " * 5, "iso-8859-1").encode()
    message = mime([f"{name} <{ANA}>"])
    accepted(mailjet_api, message, [ANA])
    assert (
        arrived(mailjet).email["To"].addresses[0].display_name == ("Núñez y Compañía " * 5).strip()
    )


def test_internationalized_domains(account, api):
    message = mime(["ana@señal.example"], Cc="leo@SEÑAL.example")
    accepted(api, message, ["ana@xn--seal-hqa.example", "leo@señal.example", "eva@señal.example"])
    assert arrived(account).recipients == (
        "ana@xn--seal-hqa.example",
        "leo@xn--SEAL-hqa.example".lower(),
        "eva@xn--seal-hqa.example",
    )


def test_attachments(account, api):
    letter = EmailMessage(policy=policy.SMTP)
    letter["Subject"] = "Adjunto ñ"
    letter.set_content("Hola otra vez")
    attachments = [
        ("Cotización año 2026.pdf", b"%PDF\x00\xff", "application/pdf"),
        ("datos.csv", "año;1".encode(), "text/csv"),
        ("carta.eml", letter.as_bytes(), "message/rfc822"),
        ("sin tipo", b"\x00", "application/octet-stream"),
    ]
    accepted(api, mime(attachments=attachments), [ANA])
    got = files(arrived(account).email)
    expected = {name: (mime_type, content) for name, content, mime_type in attachments}
    letter_type, _content = expected.pop("carta.eml")
    assert got.pop("carta.eml")[0] == letter_type
    assert got == expected
    (call,) = sends(account)
    sent = call.body["Messages"][0] if "Messages" in call.body else call.body
    (file,) = [
        file
        for file in sent.get("Attachments") or sent["attachments"]
        if "carta.eml" in file.values()
    ]
    content = file.get("Base64Content") or file["path"].partition(",")[2]
    assert base64.b64decode(content) == letter.as_bytes()


def test_attached_mail_that_was_parsed(mailjet, mailjet_api):
    """Whoever attaches an `EmailMessage`: its bytes go, not its object."""
    message = mime()
    message.make_mixed()
    message.add_attachment(mime(), filename="dentro.eml")
    accepted(mailjet_api, message, [ANA])
    (file,) = sends(mailjet)[0].body["Messages"][0]["Attachments"]
    assert (file["Filename"], file["ContentType"]) == ("dentro.eml", "message/rfc822")
    assert b"<1.odoo@empresa.example>" in base64.b64decode(file["Base64Content"])


def test_empty_file_does_not_keep_the_mail_back(account, api, code):
    """Mailjet refuses one: the others leave without it, as by SMTP they leave with it."""
    files = [("vacío.txt", b"", "text/plain"), ("lleno.txt", b"x", "text/plain")]
    accepted(api, mime(attachments=files), [ANA])
    names = [part.get_filename() for part in arrived(account).email.walk() if part.get_filename()]
    assert names == (["lleno.txt"] if code == "mailjet" else ["vacío.txt", "lleno.txt"])


def with_images(*content_ids):
    """A mail whose HTML shows images that are part of it."""
    html = "".join(f'<img src="cid:{name}"/>' for name in content_ids)
    message = mime(html=html)
    body = message.get_body(("html",))
    for number, name in enumerate(content_ids):
        body.add_related(
            PNG + bytes([number]), "image", "png", cid=f"<{name}>", filename=f"{name}.png"
        )
    return message


def test_inline_images_at_mailjet(mailjet, mailjet_api):
    accepted(mailjet_api, with_images("logo", "logo1@odoo"), [ANA])
    (sent,) = sends(mailjet)[0].body["Messages"]
    assert "Attachments" not in sent
    assert [file["ContentID"] for file in sent["InlinedAttachments"]] == ["logo", "logo1@odoo"]
    email = arrived(mailjet).email
    assert 'src="cid:logo"' in email.get_body(("html",)).get_content()
    contents = {
        part["Content-ID"]: part.get_content() for part in email.walk() if part["Content-ID"]
    }
    assert contents == {"<logo>": PNG + b"\0", "<logo1@odoo>": PNG + b"\1"}


def test_inline_images_at_aldeamo(aldeamo, aldeamo_api):
    """There they become part of the HTML; one name may be the beginning of another."""
    accepted(aldeamo_api, with_images("logo", "logo1"), [ANA])
    (call,) = sends(aldeamo)
    assert call.body["attachments"] == []
    expected = "".join(
        f'<img src="data:image/png;base64,{base64.b64encode(PNG + bytes([number])).decode()}"/>'
        for number in range(2)
    )
    assert call.body["body"].strip() == expected


def test_image_that_is_not_shown_is_attached_at_aldeamo(aldeamo, aldeamo_api):
    message = with_images("logo1")
    message.get_body(("html",)).add_related(PNG, "image", "png", cid="<logo>", filename="otra.png")
    accepted(aldeamo_api, message, [ANA])
    assert [file["filename"] for file in sends(aldeamo)[0].body["attachments"]] == ["otra.png"]


def test_subject_longer_than_mailjet_takes(mailjet, mailjet_api):
    accepted(mailjet_api, mime(Subject="ñ" * 300), [ANA])
    assert arrived(mailjet).subject == "ñ" * 255


@pytest.mark.parametrize("subject", ["", "   "])
def test_no_subject(account, api, code, subject):
    message = mime()
    del message["Subject"]
    message["Subject"] = subject
    accepted(api, message, [ANA])
    assert arrived(account).subject.strip() == ("(sin asunto)" if code == "aldeamo" else "")


@pytest.mark.parametrize(("text", "html"), [("", ""), ("Hola", ""), ("", "<p>Hola</p>")])
def test_missing_parts(account, api, text, html):
    (outcome,) = send(api, outgoing(text=text, html=html))
    assert outcome.result == "accepted"
    assert ("Hola" in str(arrived(account).email.get_body())) == bool(text or html)


def test_text_alone_is_no_html_at_aldeamo(aldeamo, aldeamo_api):
    send(aldeamo_api, outgoing(text="1 < 2 & 3", html=""))
    assert sends(aldeamo)[0].body["body"] == "<pre>1 &lt; 2 &amp; 3</pre>"


def test_braces_of_style_sheets_are_left_alone(account, api):
    html = "<style>p {color: red} {{x}} [[data:x]]</style><p>Hola</p>"
    accepted(api, mime(html=html), [ANA])
    assert arrived(account).email.get_body(("html",)).get_content().strip() == html


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        (None, "<1.odoo@empresa.example>"),
        ("<0@x.example>", "<0@x.example> <1.odoo@empresa.example>"),
        ("<1.odoo@empresa.example>", "<1.odoo@empresa.example>"),
        (
            "<1.odoo@empresa.example> <2@x.example>",
            "<1.odoo@empresa.example> <2@x.example>",
        ),
        (
            " ".join(f"<{number}{'x' * 80}@x.example>" for number in range(4)),
            " ".join(f"<{number}{'x' * 80}@x.example>" for number in range(4))
            + " <1.odoo@empresa.example>",
        ),
    ],
)
def test_references_name_odoos_message_id_once(mailjet, mailjet_api, references, expected):
    headers = {"references": references} if references else {}
    accepted(mailjet_api, mime(**headers), [ANA])
    assert sends(mailjet)[0].body["Messages"][0]["Headers"]["References"] == expected
    assert "Message-Id" not in arrived(mailjet).email


def test_headers_that_mailjet_forbids_are_left_out(mailjet, mailjet_api):
    forbidden = [
        *("Return-Path", "Delivered-To", "DKIM-Signature", "DomainKey-Status", "Received-SPF"),
        *("Authentication-Results", "Received", "User-Agent", "X-Mailer", "List-Id", "Sender"),
        *("X-Feedback-Id", "X-CSA-Complaints", "X-Mailjet-Debug", "X-Mailjet-Segmentation"),
        *("X-MJ-WorkflowID", "X-MJ-MID", "X-MJ-ErrorMessage", "X-MJ-StatisticsContactsListID"),
        *("X-MJ-TemplateErrorReporting", "X-MJ-TemplateErrorDeliver"),
    ]
    headers = {name.swapcase(): "x" for name in forbidden}
    accepted(mailjet_api, mime(**headers, X_Odoo_Objects="sale.order-42"), [ANA])
    assert sends(mailjet)[0].body["Messages"][0]["Headers"] == {
        "References": "<1.odoo@empresa.example>",
        "X-Odoo-Objects": "sale.order-42",
    }


def test_headers_that_are_kept(mailjet, mailjet_api):
    headers = {
        "List-Unsubscribe": "<https://empresa.example/u?a=1&b=2>, <mailto:u@empresa.example>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "list",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF",
        "In-Reply-To": "<0@cliente.example>",
        "X-Saludo": "¡Hola, Ñandú!",
    }
    accepted(mailjet_api, mime(**headers), [ANA])
    email = arrived(mailjet).email
    assert {name: str(email[name]) for name in headers} == headers


def test_forged_to_is_for_smtp(account, api):
    """Odoo puts X-Forge-To into To after it has made the envelope."""
    message = mime("grupo@empresa.example", X_Forge_To="grupo@empresa.example")
    accepted(api, message, [ANA])
    received = arrived(account)
    assert received.recipients == (ANA,)
    assert "X-Forge-To" not in received.email


def test_controls_at_mailjet(mailjet, mailjet_api):
    headers = {
        "X-MJ-CustomID": "t1",
        "x-mj-eventpayload": '{"a":  1}',
        "X-MAILJET-CAMPAIGN": "odoo-mailing-7",
        "X-Mailjet-TrackOpen": "0",
        "X-Mailjet-TrackClick": "1",
        "X-Mailjet-Prio": "3",
    }
    accepted(mailjet_api, mime(**headers), [ANA])
    (sent,) = sends(mailjet)[0].body["Messages"]
    names = ("CustomID", "EventPayload", "CustomCampaign", "TrackOpens", "TrackClicks", "Priority")
    assert [sent[name] for name in names] == [
        *("t1", '{"a":  1}', "odoo-mailing-7", "disabled", "enabled", 3)
    ]


@pytest.mark.parametrize(
    ("header", "value", "name"),
    [
        ("X-Mailjet-Prio", "high", "Priority"),
        ("X-Mailjet-Prio", "9", "Priority"),
        ("X-Mailjet-TrackOpen", "yes", "TrackOpens"),
        ("X-MJ-TemplateID", "none", "TemplateID"),
        ("X-MJ-Vars", "{", "Variables"),
    ],
)
def test_nonsense_in_a_control_takes_nobody_along(mailjet, mailjet_api, header, value, name):
    mails = [outgoing(headers={header: value}), outgoing(LEO)]
    assert [outcome.result for outcome in send(mailjet_api, *mails)] == ["accepted"] * 2
    assert name not in sends(mailjet)[0].body["Messages"][0]


def test_nothing_to_track_without_html(mailjet, mailjet_api):
    mail = outgoing(html="", headers={"X-Mailjet-TrackOpen": "0", "X-Mailjet-TrackClick": "0"})
    assert send(mailjet_api, mail)[0].result == "accepted"
    assert not {"TrackOpens", "TrackClicks"} & set(sends(mailjet)[0].body["Messages"][0])


def test_variables_come_as_they_are(mailjet, mailjet_api):
    """Instructions to SMTP are read back for the API, also where they had to be folded."""
    mailjet.templates[7] = "<p>{{var:nombre}}</p>"
    variables = {"nombre": "Ana  Núñez\n<ñ>", **{f"v{n}": "x" * 60 for n in range(20)}}
    email = {"headers": {}, "subject": "s", "body": "<p/>", "body_alternative": "x"}
    email = PROVIDERS["mailjet"].instruct(
        email, Instructions(token="t1", template="7", variables=variables)
    )
    headers = {name.replace("-", "_"): value for name, value in email["headers"].items()}
    accepted(mailjet_api, mime(**headers), [ANA])
    (sent,) = sends(mailjet)[0].body["Messages"]
    assert (sent["TemplateID"], sent["TemplateLanguage"]) == (7, True)
    assert sent["Variables"] == variables
    assert not {"HTMLPart", "TextPart"} & set(sent)


def test_template_at_aldeamo(aldeamo, aldeamo_api):
    aldeamo.templates["42eqy7oaigql"] = "<p>Hola {nombre}</p>"
    body = json.dumps({"nombre": "Ana  Ñ"}, ensure_ascii=False)
    accepted(aldeamo_api, mime(Subject="*|tid:42eqy7oaigql|*Hola", text=body, html=body), [ANA])
    (call,) = sends(aldeamo)
    assert (call.body["template_id"], call.body["subject"]) == ("42eqy7oaigql", "Hola")
    assert call.body["variables"] == {"nombre": "Ana  Ñ"}
    assert "body" not in call.body


def test_more_recipients_than_a_call_takes(mailjet, mailjet_api):
    names = [person.address for person in people(120)]
    message = mime(names[:60], Cc=names[60:90])
    accepted(mailjet_api, message, names)
    assert sorted(
        recipient for received in mailjet.received for recipient in received.recipients
    ) == sorted(names)
    for received in mailjet.received:
        shown = {address for _name, address in getaddresses([str(received.email["To"])])}
        blind = set(names[90:])
        # a blind copy is seen by nobody but its recipient
        assert shown & blind <= ({*received.recipients} if len(received.recipients) == 1 else set())
        assert not {address for address in blind if address in str(received.email["Cc"])}
    assert all(call.status == 200 for call in sends(mailjet))


def test_mail_without_anybody(account, api):
    assert from_message(mime(), []).recipients == []
    (outcome,) = send(api, outgoing([]))
    assert outcome.result == "refused"
    assert not account.received


def test_mailbox_of_no_address_is_nobody(mailjet_api):
    found = from_message(mime(["Ana", f"Leo <{LEO}>"]), [LEO])
    assert found.to == [Mailbox("Leo", LEO)]


# --- Parts with all that describes them

INVITATION = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


def described(account):
    """File name → type with its parameters, and content, of what arrived as files."""
    return {
        part.get_filename(): (
            part.get_content_type(),
            {name: value for name, value in part.get_params()[1:] if name != "name"},
            part.get_payload(decode=True),
        )
        for part in arrived(account).email.walk()
        if part.get_filename()
    }


def test_invitation_that_is_attached(account, api):
    """Without its method nobody can accept it."""
    message = mime()
    message.add_attachment(
        INVITATION,
        maintype="text",
        subtype="calendar",
        filename="invite.ics",
        params={"method": "REQUEST", "charset": "utf-8"},
    )
    accepted(api, message, [ANA])
    mime_type, parameters, content = described(account)["invite.ics"]
    assert (mime_type, parameters) == ("text/calendar", {"method": "REQUEST", "charset": "utf-8"})
    assert content == INVITATION


def test_invitation_among_the_alternatives(account, api):
    message = mime()
    message.add_alternative(INVITATION.decode(), subtype="calendar", params={"method": "REQUEST"})
    accepted(api, message, [ANA])
    mime_type, parameters, content = described(account)["invite.ics"]
    assert (mime_type, parameters["method"]) == ("text/calendar", "REQUEST")
    assert content.splitlines() == INVITATION.splitlines()
    assert arrived(account).email.get_body(("html",)).get_content().strip() == "<p>Hola</p>"


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-8", "utf-16", None])
def test_charset_of_a_text_file(account, api, charset):
    """The bytes stay, and what they are is said."""
    content = "año;mañana".encode(charset or "utf-8")
    message = mime()
    params = {"charset": charset} if charset else {}
    message.add_attachment(
        content, maintype="text", subtype="csv", filename="datos.csv", params=params
    )
    accepted(api, message, [ANA])
    assert described(account) == {"datos.csv": ("text/csv", params, content)}


@pytest.mark.parametrize("value", ["a;b", "a,b", 'a"b', "a b", "año", ";base64,x"])
def test_parameter_that_would_break_the_type(account, api, value):
    message = mime()
    message.add_attachment(
        b"x", maintype="text", subtype="csv", filename="a.csv", params={"charset": value}
    )
    accepted(api, message, [ANA])
    mime_type, _parameters, content = described(account)["a.csv"]
    assert (mime_type, content) == ("text/csv", b"x")


def test_saved_page(account, api):
    """A file that is called a multipart, and is none."""
    page = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x--"
    accepted(api, mime(attachments=[("página.mht", page, "multipart/related")]), [ANA])
    ((name, (mime_type, _parameters, content)),) = described(account).items()
    assert (name, mime_type, content) == ("página.mht", "application/octet-stream", page)


def test_attached_multipart_is_a_file(account, api):
    """Its texts are not those of the mail."""
    inner = mime(text="De dentro", html="<p>De dentro</p>")
    inner.add_header("Content-Disposition", "attachment", filename="página.mht")
    outer = EmailMessage(policy=policy.SMTP)
    for name in ("From", "To", "Subject", "Message-Id"):
        outer[name] = str(inner[name])
        del inner[name]
    outer.set_content("")
    outer.add_alternative("<p>Hola</p>", subtype="html")
    outer.make_mixed()
    outer.attach(inner)
    accepted(api, outer, [ANA])
    ((name, (mime_type, _parameters, content)),) = described(account).items()
    assert (name, mime_type) == ("página.mht", "application/octet-stream")
    assert message_from_bytes(content, policy=policy.default).is_multipart()
    assert "De dentro" not in arrived(account).email.get_body(("html",)).get_content()


def test_nested_multiparts(account, api):
    """As other addons build them, with the classes of before Python 3.3 among them."""
    html = mime(html='<img src="cid:logo"/>').get_body(("html",))
    image = MIMEImage(PNG)
    image["Content-ID"] = "<logo>"
    related = MIMEMultipart("related")
    related.attach(html)
    related.attach(image)
    file = MIMEApplication(b"%PDF", "pdf")
    file.add_header("Content-Disposition", "attachment", filename="a.pdf")
    inner = MIMEMultipart("mixed")
    inner.attach(related)
    inner.attach(file)
    message = mime()
    message.clear_content()
    message.make_mixed()
    message.attach(inner)
    accepted(api, message, [ANA])
    mime_type, _parameters, content = described(account)["a.pdf"]
    assert (mime_type, content) == ("application/pdf", b"%PDF")
    shown = arrived(account).email.get_body(("html",)).get_content()
    assert "cid:logo" in shown or base64.b64encode(PNG).decode() in shown


def test_mail_within_a_mail_within_a_mail(mailjet, mailjet_api):
    innermost = mime(Subject="de más adentro", attachments=[("a.pdf", b"%PDF", "application/pdf")])
    inner = mime()
    inner.make_mixed()
    inner.add_attachment(innermost, filename="dos.eml")
    message = mime()
    message.make_mixed()
    message.add_attachment(inner)
    accepted(mailjet_api, message, [ANA])
    (file,) = sends(mailjet)[0].body["Messages"][0]["Attachments"]
    assert (file["Filename"], file["ContentType"]) == ("mail.eml", "message/rfc822")
    found = message_from_bytes(base64.b64decode(file["Base64Content"]), policy=policy.default)
    subjects = [str(part["Subject"]) for part in found.walk() if part["Subject"]]
    assert subjects == ["Promoción de mañana", "de más adentro"]


@pytest.mark.parametrize(
    ("header", "written"),
    [
        ("logo", "logo"),
        ("logo 1", "logo%201"),
        ("logo%201", "logo%201"),  # whoever escapes it in both places
        ("a&b@x", "a&amp;b@x"),
        ("a+b@x.example", "a%2Bb@x.example"),
        ("año", "a%C3%B1o"),
    ],
)
@pytest.mark.parametrize("scheme", ["cid", "CID"])
def test_content_ids_are_those_of_the_html(account, api, code, header, written, scheme):
    message = mime(html=f'<img src="{scheme}:{written}"/>')
    message.get_body(("html",)).add_related(PNG, "image", "png", cid=f"<{header}>")
    accepted(api, message, [ANA])
    (call,) = sends(account)
    if code == "mailjet":
        (file,) = call.body["Messages"][0]["InlinedAttachments"]
        assert file["ContentID"] == written
    else:
        data = base64.b64encode(PNG).decode()
        assert call.body["body"].strip() == f'<img src="data:image/png;base64,{data}"/>'
        assert call.body["attachments"] == []


def test_second_text_is_kept(account, api):
    """Such as a footer that a mailing list adds."""
    message = mime()
    message.make_mixed()
    footer = EmailMessage(policy=policy.SMTP)
    footer.set_content("Pie de página")
    message.attach(footer)
    accepted(api, message, [ANA])
    (content,) = [content for _type, _params, content in described(account).values()]
    assert content.decode().strip() == "Pie de página"


def test_who_is_named_and_does_not_get_it():
    """An API would leave him out, or send to him."""
    to = ["Ana <ana@cliente.example>", "Grupo <grupo@empresa.example>"]
    assert from_message(mime(to), [ANA]).names_others
    assert from_message(mime(ANA, Cc=LEO), [ANA]).names_others
    assert not from_message(mime(ANA, Cc=LEO), [ANA, LEO, EVA]).names_others
    assert not from_message(mime("ANA@señal.example"), ["ana@xn--seal-hqa.example"]).names_others


@pytest.mark.parametrize("value", ['{"a": NaN}', '{"a": Infinity}', "[1]", "7", "[" * 100_000])
def test_variables_that_are_none(mailjet, mailjet_api, value):
    mails = [outgoing(headers={"X-MJ-Vars": value}), outgoing(LEO)]
    assert [outcome.result for outcome in send(mailjet_api, *mails)] == ["accepted"] * 2
    assert "Variables" not in sends(mailjet)[0].body["Messages"][0]


def test_token_of_the_call_counts(mailjet, mailjet_api):
    """A header that came with the mail doesn't."""
    mail = outgoing(headers={"X-MJ-CustomID": "of somebody else"})
    mailjet_api.send([prepared(mailjet_api, mail, "t7")])
    assert sends(mailjet)[0].body["Messages"][0]["CustomID"] == "t7"


@pytest.mark.parametrize(
    "subject",
    [
        "=?utf-8?q?a=0D=0AX-MJ-TemplateID:_666?=",
        "=?utf-8?q?a=00b?=",
        "=?utf-8?q?*|tid=0D=0A:42eqy7oaigql|*?=",
        "=?utf-8?b?PT91dGYtOD9xP2E9MEQ9MEFiPz0=?=",  # encoded twice
    ],
)
def test_instructions_leave_a_subject_that_can_be_a_header(code, subject):
    """Odoo puts it into the message that it builds, which fails at a line break."""
    email = {"headers": {}, "subject": subject, "body": "<p/>", "body_alternative": "x"}
    email = PROVIDERS[code].instruct(email, Instructions(token="t1"))
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = email["subject"]
    make_harmless(message)
    assert not {"\r", "\n", "\0"} & set(str(message["Subject"]))
    assert from_message(message, []).subject == str(message["Subject"])
