"""What addons of the OCA promise holds in what a provider receives, by SMTP and by its API."""

import re
import time
import urllib.request
from email.utils import getaddresses
from functools import partial
from itertools import count

import pytest

from dev.databases import fresh_oca_database
from dev.oca_addons import GROUPS, are_installed, oca_folder
from dev.odoo import Odoo
from dev.paths import addons_path
from lab.campaign import Campaign
from lab.mailings import make_server
from lab.sandbox import Sandbox

if not are_installed():
    pytest.skip("needs the addons that `make oca-tests` installs", allow_module_level=True)

_serial = count(1)
_ENVIRONMENT = """
[outgoing_mail.{provider.smtp_port}]
smtp_host = {provider.smtp_host}
smtp_port = {provider.smtp_port}
smtp_encryption = starttls
smtp_authentication = login
smtp_user = {provider.user}
smtp_pass = {provider.password}
"""


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as running:
        yield running


def run_odoo(pg, sandbox, group):
    folder = oca_folder()
    database = fresh_oca_database(pg, f"oca_{group}", group, GROUPS[group], folder, ours=True)
    return Odoo(
        pg,
        database,
        extra=[f"--addons-path={addons_path()},{folder}"],
        env={
            "REQUESTS_CA_BUNDLE": sandbox.ca_bundle,
            "SERVER_ENV_CONFIG": "".join(
                _ENVIRONMENT.format(provider=provider)
                for provider in (sandbox.aldeamo, sandbox.mailjet)
            ),
        },
    )


@pytest.fixture(scope="module")
def sending(pg, sandbox):
    """An Odoo with the addons that change what is sent."""
    with run_odoo(pg, sandbox, "sending") as odoo:
        yield odoo


@pytest.fixture(scope="module")
def environment(pg, sandbox):
    """An Odoo that has settings of its mail servers from its environment."""
    with run_odoo(pg, sandbox, "environment") as odoo:
        yield odoo


@pytest.fixture(scope="module")
def tracking(pg, sandbox):
    """An Odoo with the OCA's tracking."""
    with run_odoo(pg, sandbox, "tracking") as odoo:
        yield odoo


class Way:
    """A provider and a transport, and what goes out and arrives that way."""

    def __init__(self, sandbox, code, transport):
        self.code = code
        self.transport = transport
        self.provider = getattr(sandbox, code)
        self.marker = f"marca{next(_serial)}"

    @property
    def key(self):
        """Values of a mail server that logs in at the API."""
        return {"api_key": self.provider.api_key} if self.code == "aldeamo" else {}

    def make_server(self, odoo, **values):
        """Make the only mail server that there is; return its id."""
        archive_servers(odoo)
        return make_server(
            odoo,
            self.provider,
            self.marker,
            provider=self.code,
            transport=self.transport,
            api_url=self.provider.api_url,
            **self.key,
            **values,
        )

    def make_campaign(self, odoo, contacts):
        """Make a mailing through a server of its own, the only one that there is."""
        archive_servers(odoo)
        campaign = Campaign(
            odoo,
            self.provider,
            self.code,
            contacts=contacts,
            transport=self.transport,
            **self.key,
        )
        self.marker = campaign.read("mailing.mailing", campaign.mailing, "subject")
        return campaign

    def received(self, number):
        """Wait until so many mails with the marker are received, and a moment longer; return
        (envelope's recipients, mail as it is delivered) of each."""
        deadline = time.monotonic() + 30
        while len(self._marked()) < number:
            assert time.monotonic() < deadline, f"{len(self._marked())} of {number} arrived"
            time.sleep(0.1)
        time.sleep(1)
        marked = self._marked()
        assert len(marked) == number
        return marked

    def _marked(self):
        pairs = zip(list(self.provider.received), self.provider.delivered, strict=False)
        return [
            (message.recipients, email)
            for message, email in pairs
            if re.search(rf"\b{self.marker}\b", str(email["Subject"]))
        ]


@pytest.fixture(params=["aldeamo-smtp", "aldeamo-api", "mailjet-smtp", "mailjet-api"])
def way(request, sandbox):
    return Way(sandbox, *request.param.split("-"))


def archive_servers(odoo):
    servers = odoo.rpc("ir.mail_server", "search", [])
    odoo.rpc("ir.mail_server", "write", servers, {"active": False})


def make_partner(odoo, way, name, **values):
    email = f"{name.split()[0].lower()}.{way.marker}@cliente.example"
    return odoo.rpc("res.partner", "create", {"name": name, "email": email, **values}), email


def send_mail(odoo, way, email_from, email_to="ana@cliente.example"):
    """Send a mail that belongs to nothing."""
    values = {
        "subject": way.marker,
        "body_html": "<p>Hola</p>",
        "email_from": email_from,
        "email_to": email_to,
    }
    mail = odoo.rpc("mail.mail", "create", values)
    odoo.rpc("mail.mail", "send", [mail])


def post(odoo, way, partner, recipients, **values):
    """Post a message on a partner to others."""
    values = {
        "subject": way.marker,
        "body": "Hola",
        "message_type": "comment",
        "subtype_xmlid": "mail.mt_comment",
        "email_from": "Ventas <ventas@empresa.example>",
        "partner_ids": recipients,
        **values,
    }
    return odoo.rpc("res.partner", "message_post", [partner], **values)


def addresses(email, header):
    return [address for _name, address in getaddresses([str(email.get(header, ""))]) if address]


def html(email):
    return email.get_body(("html",)).get_content()


# --- mail_outbound_static ---


def test_static_from_replaces_the_senders(sending, way):
    way.make_server(sending, smtp_from="avisos@empresa.example")
    send_mail(sending, way, "Marta Ruiz <marta@otra.example>")
    [(recipients, email)] = way.received(1)
    assert recipients == ("ana@cliente.example",)
    assert getaddresses([str(email["From"])]) == [("Marta Ruiz", "avisos@empresa.example")]


def test_static_from_leaves_domains_of_the_whitelist(sending, way):
    way.make_server(sending, smtp_from="avisos@empresa.example", domain_whitelist="empresa.example")
    send_mail(sending, way, "Marta Ruiz <marta@empresa.example>")
    [(_recipients, email)] = way.received(1)
    assert getaddresses([str(email["From"])]) == [("Marta Ruiz", "marta@empresa.example")]


# --- mail_composer_cc_bcc ---


def compose(odoo, way, to, cc=(), bcc=()):
    """Send an e-mail about a partner from the composer."""
    document, _email = make_partner(odoo, way, "Documento")
    composer = odoo.rpc(
        "mail.compose.message",
        "create",
        {
            "model": "res.partner",
            "res_ids": str([document]),
            "composition_mode": "comment",
            "subject": way.marker,
            "body": "<p>Hola</p>",
            "email_from": "Ventas <ventas@empresa.example>",
            "partner_ids": [(6, 0, to)],
            "partner_cc_ids": [(6, 0, cc)],
            "partner_bcc_ids": [(6, 0, bcc)],
        },
    )
    odoo.rpc("mail.compose.message", "action_send_mail", [composer])


def notified(odoo, way):
    """Return the statuses in the chatter: partner → status."""
    found = odoo.rpc(
        "mail.notification",
        "search_read",
        [("mail_message_id.subject", "=", way.marker), ("notification_type", "=", "email")],
        ["res_partner_id", "notification_status"],
    )
    return {each["res_partner_id"][0]: each["notification_status"] for each in found}


def test_composer_shows_everybody_the_same_to_and_cc_and_nobody_the_bcc(sending, way):
    way.make_server(sending)
    ana, ana_email = make_partner(sending, way, "Ana")
    eva, eva_email = make_partner(sending, way, "Eva")
    leo, leo_email = make_partner(sending, way, "Leo")
    zoe, zoe_email = make_partner(sending, way, "Zoe")
    compose(sending, way, [ana, eva], [leo], [zoe])
    everybody = {ana_email, eva_email, leo_email, zoe_email}
    deadline = time.monotonic() + 30
    while {to for tos, _email in way._marked() for to in tos} != everybody:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    time.sleep(1)
    copies = [(recipient, email) for tos, email in way._marked() for recipient in tos]
    assert sorted(recipient for recipient, _email in copies) == sorted(everybody)
    for _recipient, email in copies:
        assert set(addresses(email, "To")) == {ana_email, eva_email}
        assert addresses(email, "Cc") == [leo_email]
        # Meant for the one in Bcc alone; the addon gives it to any of them.
        del email["X-Odoo-Bcc"]
        assert zoe_email not in str(email)


def test_status_of_each_in_the_composer_is_that_of_what_they_got(sending, way):
    # The addon hands the copies out anew, so that Ana's may go to Eva.
    way.make_server(sending)
    people = dict(make_partner(sending, way, name) for name in ("Ana", "Eva", "Leo", "Zoe"))
    ana, eva, leo, zoe = people
    compose(sending, way, [ana, eva], [leo], [zoe])
    way.received(4)
    found = sending.rpc(
        "mail.delivery",
        "search_read",
        [("subject", "=", way.marker)],
        ["partner_id", "recipient"],
    )
    got = {each["partner_id"][0]: each["recipient"] for each in found}
    assert got == people


def test_two_of_one_address_in_the_composer_have_a_status(sending, way):
    # The addon sends one copy.
    way.make_server(sending)
    ana, email = make_partner(sending, way, "Ana")
    eva, _email = make_partner(sending, way, "Eva", email=email)
    compose(sending, way, [ana, eva])
    way.received(1)
    wait_for(lambda: notified(sending, way) == {ana: "sent", eva: "sent"})


# --- mail_autogenerated_header ---


# Aldeamo's API takes no headers.
@pytest.mark.parametrize("way", ["aldeamo-smtp", "mailjet-smtp", "mailjet-api"], indirect=True)
def test_mail_that_nobody_wrote_says_so(sending, way):
    way.make_server(sending)
    send_mail(sending, way, "Ventas <ventas@empresa.example>")
    [(_recipients, email)] = way.received(1)
    assert email["Precedence"] == "bulk"
    assert email["X-Auto-Response-Suppress"] == "OOF"
    assert email["Auto-Submitted"] == "auto-generated"


def test_mail_that_somebody_wrote_does_not(sending, way):
    way.make_server(sending)
    document, _email = make_partner(sending, way, "Documento")
    ana, _email = make_partner(sending, way, "Ana")
    post(sending, way, document, [ana])
    [(_recipients, email)] = way.received(1)
    assert email["Auto-Submitted"] is None


# --- mail_show_follower ---


def test_recipients_are_shown_who_else_got_it(sending, way):
    way.make_server(sending)
    document, _email = make_partner(sending, way, "Documento")
    ana, ana_email = make_partner(sending, way, "Ana Pérez")
    leo, leo_email = make_partner(sending, way, "Leo Díaz")
    post(sending, way, document, [ana, leo])
    mails = way.received(2)
    assert {recipients[0] for recipients, _email in mails} == {ana_email, leo_email}
    for _recipients, email in mails:
        text = re.sub(r"\s+", " ", html(email))
        assert re.search(r"This message has been sent to (Ana Pérez, Leo Díaz|Leo Díaz, Ana)", text)


# --- mail_multicompany ---


def test_message_leaves_through_its_companys_server(sending, way, sandbox):
    # The other provider's server is the first one, and of another company.
    other = Way(sandbox, "mailjet" if way.code == "aldeamo" else "aldeamo", way.transport)
    company = sending.rpc("res.company", "create", {"name": way.marker})
    [user] = sending.rpc("res.users", "search", [("login", "=", "admin")])
    sending.rpc("res.users", "write", [user], {"company_ids": [(4, company)]})
    server = way.make_server(sending, company_id=company, sequence=20)
    other.make_server(sending, company_id=1, sequence=10)
    sending.rpc("ir.mail_server", "write", [server], {"active": True})
    document, _email = make_partner(sending, way, "Documento", company_id=company)
    ana, ana_email = make_partner(sending, way, "Ana")
    other.marker = way.marker
    post(sending, way, document, [ana], context={"allowed_company_ids": [1, company]})
    [(recipients, _email)] = way.received(1)
    assert recipients == (ana_email,)
    assert not other._marked()


# --- mail_environment ---


def test_credentials_from_the_environment_are_used(environment, way):
    archive_servers(environment)
    values = {
        # by its name the addon finds its section
        "name": str(way.provider.smtp_port),
        "provider": way.code,
        "transport": way.transport,
        "api_url": way.provider.api_url,
        **way.key,
    }
    server = environment.rpc("ir.mail_server", "create", values)
    [shown] = environment.rpc("ir.mail_server", "read", [server], ["smtp_user", "smtp_port"])
    assert shown["smtp_user"] == way.provider.user
    assert shown["smtp_port"] == way.provider.smtp_port
    send_mail(environment, way, "Ventas <ventas@empresa.example>")
    assert len(way.received(1)) == 1


def test_server_of_which_the_environment_knows_nothing_can_be_made(environment, way):
    server = way.make_server(environment)
    [shown] = environment.rpc("ir.mail_server", "read", [server], ["smtp_user", "transport"])
    assert shown["smtp_user"] == way.provider.user
    assert shown["transport"] == way.transport


# --- mass_mailing_resend ---


def is_mailing_done(odoo, mailing):
    return odoo.rpc("mailing.mailing", "read", [mailing], ["state"])[0]["state"] == "done"


def test_mailing_that_is_sent_again_goes_to_who_is_new(sending, way):
    campaign = way.make_campaign(sending, contacts=2)
    campaign.send()
    is_done = partial(is_mailing_done, sending, campaign.mailing)
    wait_for(is_done)
    lists = campaign.read("mailing.mailing", campaign.mailing, "contact_list_ids")
    new = f"nueva.{way.marker}@cliente.example"
    campaign.create("mailing.contact", email=new, list_ids=[(6, 0, lists)])
    sending.rpc("mailing.mailing", "button_draft", [campaign.mailing])
    campaign.send()
    wait_for(is_done)
    campaign.run_job("mail.ir_cron_mail_scheduler_action")
    wait_for(lambda: campaign.sent()[new])
    sent = campaign.sent()
    assert {email: sent[email] for email in [*campaign.emails, new]} == dict.fromkeys(
        [*campaign.emails, new], 1
    )


# --- mail_tracking ---


def pixel_of(email):
    [url] = re.findall(r'<img[^>]+src="([^"]*/mail/tracking/open/[^"]+)"', html(email))
    return url


def open_mail(odoo, email):
    path = re.sub(r"https?://[^/]+", "", pixel_of(email))
    with urllib.request.urlopen(odoo.url + path, timeout=20) as answer:
        assert answer.status == 200


def state_of(odoo, domain):
    """The states of what the OCA's addon tracks, once that is known."""
    found = odoo.rpc("mail.tracking.email", "search_read", domain, ["state"])
    return [tracked["state"] for tracked in found]


def wait_for(is_so):
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_tracking_knows_what_is_sent_and_opened(tracking, way):
    way.make_server(tracking)
    document, _email = make_partner(tracking, way, "Documento")
    ana, ana_email = make_partner(tracking, way, "Ana")
    leo, leo_email = make_partner(tracking, way, "Leo")
    post(tracking, way, document, [ana, leo])
    mails = dict(way.received(2))
    assert set(mails) == {(ana_email,), (leo_email,)}
    assert pixel_of(mails[(ana_email,)]) != pixel_of(mails[(leo_email,)])
    wait_for(lambda: state_of(tracking, [("recipient_address", "=", ana_email)]) == ["sent"])
    open_mail(tracking, mails[(ana_email,)])
    wait_for(lambda: state_of(tracking, [("recipient_address", "=", ana_email)]) == ["opened"])
    assert state_of(tracking, [("recipient_address", "=", leo_email)]) == ["sent"]


def test_error_that_tracking_keeps_to_itself_is_seen(tracking, way):
    way.make_server(tracking)
    document, _email = make_partner(tracking, way, "Documento")
    ana, _email = make_partner(tracking, way, "Ana", email="sin arroba")
    post(tracking, way, document, [ana])
    wait_for(lambda: notified(tracking, way) == {ana: "exception"})
    assert state_of(tracking, [("name", "=", way.marker)]) == ["error"]


# --- mail_tracking_mass_mailing ---


def test_tracking_belongs_to_the_mailings_trace(tracking, way):
    campaign = way.make_campaign(tracking, contacts=3)
    campaign.send()
    mails = dict(way.received(3))
    first, *others = campaign.emails
    domain = [("mass_mailing_id", "=", campaign.mailing)]
    wait_for(lambda: state_of(tracking, domain) == ["sent"] * 3)
    traces = tracking.rpc("mailing.trace", "search_read", domain, ["email", "mail_tracking_id"])
    assert all(trace["mail_tracking_id"] for trace in traces)
    open_mail(tracking, mails[(first,)])
    wait_for(lambda: campaign.statuses()[first] == "open")
    assert all(campaign.statuses()[email] != "open" for email in others)
