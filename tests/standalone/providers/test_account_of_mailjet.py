"""Setting up Mailjet's account through the real client, against the sandbox."""

import time
from datetime import datetime, timedelta, timezone

import pytest

from providers import PROVIDERS
from providers.account import WebhookRegistration, masked
from providers.api import ApiError
from providers.mailjet import account as mailjet_account
from providers.mailjet import send

pytestmark = pytest.mark.slow

URL = "https://u:p@odoo.example/mail_provider/1-s"


@pytest.fixture
def account(mailjet_api):
    """What can be set up in the account."""
    return PROVIDERS["mailjet"].account(mailjet_api)


def sender(account, email):
    return next(sender for sender in account.senders() if sender.email == email)


def domain(account, name):
    return next(domain for domain in account.domains() if domain.name == name)


def publish(mailjet, found):
    mailjet.published[found.txt_name] = [found.txt_value]


@pytest.mark.parametrize(
    ("runlevel", "state", "words"),
    [
        ("Normal", "right", "in order"),
        ("Softlock", "wrong", "restricted"),
        ("Hardlock", "wrong", "locked"),
        ("Deleted", "wrong", "deleted"),
        ("Surprise", "unknown", "doesn't say"),
    ],
)
def test_standing(account, mailjet, runlevel, state, words):
    mailjet.runlevel = runlevel
    standing = account.standing()
    assert (standing.state, words in str(standing.text)) == (state, True)
    assert mailjet.password not in repr(standing)


def test_standing_of_a_sub_account(account, mailjet):
    mailjet.api.fail(401, path="/v3/REST/apikey")
    assert account.standing().state == "unknown"


@pytest.mark.parametrize("page", [3, 4, 5, 1000])  # 13 rows: also when the last page is full
def test_all_senders_are_listed(account, mailjet, monkeypatch, page):
    monkeypatch.setattr(send, "PAGE", page)
    for number in range(11):
        account.add_sender(f"s{number:02}@empresa.example")
    account.add_sender("Ana@otra.example")
    found = account.senders()
    assert len(found) == 13
    assert len({sender.remote_id for sender in found}) == 13
    assert found[0].email == "*@empresa.example"
    assert (found[0].is_domain, found[0].is_active) == (True, True)
    assert found[0].domain == "empresa.example"
    assert found[-1].email == "ana@otra.example"
    assert (found[-1].is_domain, found[-1].is_active) == (False, False)


def test_deleted_senders_are_not_listed(account, mailjet_api):
    account.add_sender("ana@otra.example")
    mailjet_api.call("DELETE", f"sender/{sender(account, 'ana@otra.example').remote_id}")
    assert [found.email for found in account.senders()] == ["*@empresa.example"]


def test_adding_twice_is_adding_once(account, mailjet):
    account.add_sender("ana@otra.example")
    account.add_sender("ana@otra.example")
    assert mailjet.activations == ["ana@otra.example"]


def test_duplicate_that_is_not_listed(account, mailjet):
    error = {"ErrorInfo": "", "ErrorMessage": "MJ18 already exists", "StatusCode": 400}
    mailjet.api.fail(400, error, path="/v3/REST/sender")
    with pytest.raises(ApiError, match="doesn't list it for this API key"):
        account.add_sender("ana@otra.example")


def test_no_address(account):
    with pytest.raises(ApiError, match=r"spelt right.*MJ03"):
        account.add_sender("no address")


def test_address_is_written_to_until_it_is_active(account, mailjet):
    account.add_sender("ana@otra.example")
    ana = sender(account, "ana@otra.example")
    assert account.validate(ana) is False
    assert mailjet.activations == ["ana@otra.example"] * 2
    mailjet.senders.activate("ana@otra.example")
    assert account.validate(ana) is True  # answered with 400
    assert len(mailjet.activations) == 2


def test_address_of_an_active_domain(account, mailjet):
    account.add_sender("ana@empresa.example")
    assert account.validate(sender(account, "ana@empresa.example")) is True
    assert sender(account, "ana@empresa.example").is_active


def test_domain_is_active_once_its_record_is_published(account, mailjet):
    account.add_sender("*@otra.example")
    added = sender(account, "*@otra.example")
    found = domain(account, "otra.example")
    assert found.txt_name.endswith(".otra.example")
    assert (found.spf_status, found.dkim_status, found.checked_at) == ("unchecked",) * 2 + (None,)
    assert account.validate(added) is False
    publish(mailjet, found)
    assert account.validate(added) is True
    assert sender(account, "*@otra.example").is_active


def test_records_are_checked(account, mailjet, mailjet_api):
    account.add_sender("*@otra.example")
    account.check_records("otra.example")
    found = domain(account, "otra.example")
    assert (found.spf_status, found.dkim_status) == ("missing", "error")
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    assert now - timedelta(minutes=1) < found.checked_at <= now
    (row,) = mailjet_api.call("GET", "dns/otra.example")["Data"]
    mailjet.published |= {
        "otra.example": [row["SPFRecordValue"]],
        row["DKIMRecordName"]: [row["DKIMRecordValue"]],
    }
    account.check_records("otra.example")
    found = domain(account, "otra.example")
    assert (found.spf_status, found.dkim_status) == ("ok", "ok")


def test_one_domain_as_the_guide_prints_it(account, mailjet_api):
    """All scalars as text, which is also how a single one comes."""
    account.add_sender("*@otra.example")
    account.check_records("otra.example")
    (row,) = mailjet_api.call("GET", "dns/otra.example")["Data"]
    assert all(isinstance(value, str) for value in row.values())
    assert mailjet_account.read_domain(row) == domain(account, "otra.example")


@pytest.mark.parametrize(
    "name", ["mailjet._1a", "mailjet._1a.otra.example", "mailjet._1a.Otra.example."]
)
def test_name_of_the_ownership_record(name):
    row = {"Domain": "otra.example.", "OwnerShipTokenRecordName": name}
    assert mailjet_account.read_domain(row).txt_name.lower() == "mailjet._1a.otra.example"


@pytest.mark.parametrize(
    "value", ["", None, "soon", "0000-00-00T00:00:00Z", "2999-01-01T00:00:00Z"]
)
def test_no_time_of_a_check(value):
    assert mailjet_account.read_domain({"LastCheckAt": value}).checked_at is None


def test_registering_all_types(account, mailjet):
    for event_type in account.event_types:
        account.register(event_type, URL)
    found = account.callbacks()
    assert {callback.event_type for callback in found} == set(account.event_types)
    assert len(found) == 7
    for callback in found:
        assert callback.url == URL
        assert callback.bare_url == "https://odoo.example/mail_provider/1-s"
        assert (callback.is_alive, callback.is_grouped) == (True, True)
        account.register(callback.event_type, URL, callback)  # 304
    assert account.callbacks() == found


def test_replacing(account, mailjet_api):
    row = {"EventType": "open", "Url": "https://otra.example/hook", "Version": 1}
    mailjet_api.call("POST", "eventcallbackurl", json=row)
    (former,) = account.callbacks()
    assert former == WebhookRegistration(
        former.remote_id, "open", row["Url"], True, is_grouped=False
    )
    account.register("open", URL, former)
    assert account.callbacks() == [WebhookRegistration(former.remote_id, "open", URL)]


def test_backup_is_left_alone(account, mailjet_api):
    row = {"EventType": "open", "Url": "https://otra.example/hook", "IsBackup": True}
    mailjet_api.call("POST", "eventcallbackurl", json=row)
    assert account.callbacks() == []
    account.register("open", URL)
    assert len(mailjet_api.call("GET", "eventcallbackurl")["Data"]) == 2


def test_suspended_url_comes_back_by_another_one_only(account, mailjet_api):
    account.register("open", URL)
    (callback,) = account.callbacks()
    mailjet_api.call("PUT", f"eventcallbackurl/{callback.remote_id}", json={"Status": "dead"})
    account.register("open", URL, callback)
    (callback,) = account.callbacks()
    assert not callback.is_alive
    account.register("open", URL.replace("1-s", "1-t"), callback)
    (callback,) = account.callbacks()
    assert callback.is_alive


def test_unregistering_twice(account):
    account.register("open", URL)
    (callback,) = account.callbacks()
    account.unregister(callback)
    account.unregister(callback)
    assert account.callbacks() == []


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (400, {"ErrorMessage": "MJ08 Property X is invalid"}, "report it to its makers.*MJ08"),
        (
            400,
            {"ErrorMessage": "MJ18 it exists", "StatusCode": 400},
            "already: somebody.*it exists",
        ),
        (401, "", "doesn't accept the API key.*HTTP 401"),
        (403, {"ErrorMessage": "Forbidden"}, "doesn't allow this API key"),
        (404, {"ErrorMessage": "Object not found"}, "can't find this"),
        (418, "", r"Mailjet refused it\. \(Mailjet: HTTP 418\)"),
        (504, "<html>", "has an internal error. Try again later"),
    ],
)
def test_errors_in_plain_words(account, mailjet, status, body, words):
    mailjet.api.fail(status, body)
    with pytest.raises(ApiError, match=words) as caught:
        account.callbacks()
    assert caught.value.status == status


def test_errors_repeat_no_secret(account, mailjet):
    error = {"ErrorMessage": f'MJ03 "{URL}" is not a URL'}
    mailjet.api.fail(400, error, path="/v3/REST/eventcallbackurl")
    with pytest.raises(ApiError, match=r"https://odoo\.example/…") as caught:
        account.register("open", URL)
    assert "u:p" not in str(caught.value)
    assert "1-s" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:p@h.example/a@b", "https://***@h.example/a@b"),
        ("https://u@h.example", "https://***@h.example"),
        ("https://u:p@q@h.example/", "https://***@h.example/"),
        ("https://h.example/a?to=b@c", "https://h.example/a?to=b@c"),
    ],
)
def test_masked(url, shown):
    assert masked(url) == shown


def test_name_and_type_of_a_sender(account, mailjet_api):
    account.add_sender("ana@otra.example", "Ana", "bulk")
    (row,) = mailjet_api.call("GET", "sender/ana@otra.example")["Data"]
    assert (row["Name"], row["EmailType"]) == ("Ana", "bulk")
    account.add_sender("leo@otra.example")
    (row,) = mailjet_api.call("GET", "sender/leo@otra.example")["Data"]
    assert (row["Name"], row["EmailType"]) == ("", "unknown")
    assert set(account.email_types) == {"transactional", "bulk"}


def test_domain_by_its_file(account, mailjet):
    account.add_sender("*@otra.example")
    domain = sender(account, "*@otra.example")
    assert account.validate(domain) is False
    asked = []
    mailjet.has_page = lambda url: not asked.append(url)
    assert account.validate(domain) is True
    assert asked == [f"http://otra.example/{domain.file_name}"]
    assert sender(account, "*@otra.example").is_active


@pytest.mark.parametrize("name", ["../x.txt", "a/b.txt", "a b", ".x", "x.", "é.txt", "", None])
def test_names_that_no_file_may_have(name):
    assert mailjet_account.file_name(name) == ""


def test_contacts(account, mailjet, mailjet_api):
    assert account.contact("ana@cliente.example") is None
    mailjet.contacts.exclude("ana@cliente.example")
    assert account.contact("ana@cliente.example").is_excluded
    account.allow("ana@cliente.example")
    assert not account.contact("ana@cliente.example").is_excluded
    account.allow("ana@cliente.example")  # answered with 304
    with pytest.raises(ApiError):
        account.allow("nobody@cliente.example")
    mailjet.api.fail(500, "<html>", times=9, path="/v3/REST/contact")
    with pytest.raises(ApiError):
        account.contact("ana@cliente.example")


OURS = "no-reply@mailjet.com"


@pytest.mark.parametrize(
    ("sender", "html", "link"),
    [
        (OURS, '<a href="https://app.mailjet.com/validate?a=1&amp;b=2">x</a>', "b=2"),
        (OURS, '<a class="b" href="https://x3k.mjt.lu/lnk/abc"><b>Activate</b></a>', "/lnk/abc"),
        (OURS, "<a href='https://mailjet.com/x'>Überprüfen Sie die Adresse</a>", "/x"),
        ("x@news.mailjet.com", '<a href="https://mailjet.com/confirm">x</a>', "/confirm"),
        (OURS, '<a href="https://www.mailjet.com/">Mailjet</a>', None),
        (OURS, '<a href="https://evil.example/activate">Activate</a>', None),
        (OURS, '<a href="https://mailjet.com.evil.example/activate">Activate</a>', None),
        (OURS, '<a href="https://mailjet.com@evil.example/activate">Activate</a>', None),
        (OURS, '<a href="https://notmailjet.com/activate">Activate</a>', None),
        (OURS, '<a href="http://mailjet.com/activate">Activate</a>', None),
        (OURS, '<a href="javascript:alert(1)//https://mailjet.com/activate">Activate</a>', None),
        (OURS, '<a href="https://[mailjet.com/activate">Activate</a>', None),
        ("a@notmailjet.com", '<a href="https://mailjet.com/activate">Activate</a>', None),
        ("", '<a href="https://mailjet.com/activate">Activate</a>', None),
        (OURS, "", None),
    ],
)
def test_activation_links(account, sender, html, link):
    found = account.activation_link(sender, html)
    assert found is None if link is None else found.endswith(link)


def test_a_hostile_mail_takes_no_long_time(account):
    started = time.process_time()
    for part in ('<a href="https://mailjet.com/x">', "<a ", '<a href="https://', "<a x>" * 3):
        assert account.activation_link(OURS, part * 100_000) is None
    assert time.process_time() - started < 10
