"""Every error of both providers, in their own shape, through the HTTP client."""

import re

import pytest
from sending import credentials, outgoing, send

from providers.aldeamo.errors import NAMES
from providers.mailjet.errors import CODES
from providers.message import Mailbox

pytestmark = pytest.mark.slow

HTML = "<html><body><h1>no JSON</h1></body></html>"
# "ask nobody, it is the addon's fault" - in words
ADDON = "report"

# code: (HTTP status, result, failure, words that the reason must have)
MAILJET = {
    "send-0001": (400, "refused", "configuration", ADDON),
    "send-0002": (400, "refused", "configuration", ADDON),
    "send-0003": (400, "refused", "content", "neither text nor a template"),
    "send-0004": (400, "refused", "content", "body although its Mailjet template"),
    "send-0005": (400, "refused", "content", "text although its Mailjet template"),
    "send-0006": (403, "refused", "sender", "support must first allow"),
    "send-0007": (403, "refused", "sender", "validate"),
    "send-0008": (403, "refused", "sender", "validate"),
    "send-0010": (400, "refused", "configuration", "template doesn't exist"),
    "send-0011": (400, "refused", "configuration", ADDON),
    "send-0012": (400, "refused", "configuration", ADDON),
    "send-0013": (400, "refused", "configuration", "monitoring category"),
    "send-0014": (400, "refused", "configuration", "monitoring category"),
    "send-0015": (400, "refused", "configuration", "50 recipients"),
    "send-0016": (400, "refused", "configuration", ADDON),
    "mj-0001": (401, "account_blocked", None, "suspended this API key: ask"),
    "mj-0002": (400, "refused", "configuration", ADDON),
    "mj-0003": (400, "refused", "content", "lacks something"),
    "mj-0004": (400, "refused", "configuration", ADDON),
    "mj-0005": (400, "refused", "configuration", ADDON),
    "mj-0006": (400, "refused", "content", "too long"),
    "mj-0007": (400, "refused", "invalid_address", "no recipient"),
    "mj-0008": (400, "refused", "content", "more attachments, headers or variables"),
    "mj-0011": (400, "refused", "content", "15 MB"),
    "mj-0012": (400, "refused", "content", "empty"),
    "mj-0013": (400, "refused", "invalid_address", "address isn't valid: correct it"),
    "mj-0015": (401, "account_blocked", None, "doesn't accept the API key"),
}

# The manual's table, in its order and spelling.
ALDEAMO = {
    "Invalid_API_Key": ("account_blocked", None, "doesn't know this API key: copy it again"),
    "API_key_not_authorized": ("account_blocked", None, "isn't allowed to send mail"),
    "Current_service_is_not_active": ("account_blocked", None, "isn't active: ask Aldeamo"),
    "No_Messages_left": ("account_blocked", None, "used up its prepaid mails: top it up"),
    "Could_not_find_template": ("refused", "configuration", "no such template"),
    "Error_Fetching_Template": ("refused", "configuration", "no such template"),
    "Incorrect_variable_syntax": ("refused", "configuration", "hyphens and single spaces only"),
    "Domain_not_permitted_err_1": ("refused", "sender", "register the domain"),
    "Invalid_request_missing_parameters_err_1": ("refused", "configuration", ADDON),
    "Invalid_request_missing_parameters_err_2": ("refused", "configuration", ADDON),
    "Missing_replyTo": ("refused", "sender", "no usable Reply-To"),
    "Missing_replyTo_email": ("refused", "sender", "no usable Reply-To"),
    "Missing_replyTo_name": ("refused", "sender", "no usable Reply-To"),
    "Subject_missing_or_empty": ("refused", "content", "no subject"),
    "Body_missing_or_empty": ("refused", "content", "no body"),
    "Recipient_missing_or_empty": ("refused", "invalid_address", "no recipient: enter an address"),
    "A_Recipient_address_is_empty": ("refused", "invalid_address", "correct it on the contact"),
}

# status, body: (result, failure, words), where no code says it
MAILJET_STATUSES = [
    # as once recorded: without ErrorCode
    (
        401,
        {"ErrorIdentifier": "x", "StatusCode": 401, "ErrorMessage": "Unauthorized"},
        ("account_blocked", None, "doesn't accept the API key"),
    ),
    (401, HTML, ("account_blocked", None, "doesn't accept the API key")),
    (403, HTML, ("account_blocked", None, "doesn't allow this API key")),
    (404, HTML, ("account_blocked", None, "address of the API")),
    (413, HTML, ("refused", "content", "15 MB")),
    (429, HTML, ("busy", None, "no more requests at the moment")),
    (500, {"StatusCode": 500, "ErrorMessage": "Oops"}, ("in_doubt", None, "internal error")),
    (500, {"ErrorCode": "mj-0004", "StatusCode": 400}, ("in_doubt", None, "internal error")),
    (500, HTML, ("in_doubt", None, "internal error")),
    (502, HTML, ("in_doubt", None, "internal error")),
    (503, HTML, ("in_doubt", None, "internal error")),
    (504, HTML, ("in_doubt", None, "internal error")),
    (520, HTML, ("in_doubt", None, "internal error")),
]
ALDEAMO_STATUSES = [
    (401, HTML, ("account_blocked", None, "doesn't know this API key")),
    (403, {"error": ""}, ("account_blocked", None, "doesn't know this API key")),
    (404, HTML, ("account_blocked", None, "address of the API")),
    (413, HTML, ("refused", "content", "too large")),
    (429, HTML, ("busy", None, "no more requests at the moment")),
    (500, HTML, ("in_doubt", None, "internal error")),
    (500, {"error": "Out of memory"}, ("in_doubt", None, "internal error")),
    (502, HTML, ("in_doubt", None, "internal error")),
    (503, HTML, ("in_doubt", None, "internal error")),
    (504, HTML, ("in_doubt", None, "internal error")),
]


def check(outcome, expected, said):
    result, failure, words = expected
    assert (outcome.result, outcome.failure) == (result, failure)
    assert outcome.ids == {}
    assert words in str(outcome.reason)
    assert said in str(outcome.reason)


def test_no_code_is_forgotten():
    """27 codes of Mailjet's guide, also those it no longer lists; 17 of Aldeamo's manual."""
    # MJnn are of the account's resources, not of sending.
    assert {code for code in CODES if not code.startswith("MJ")} == set(MAILJET)
    numbers = {"send": {*range(1, 17)} - {9}, "mj": {*range(1, 16)} - {9, 10, 14}}
    assert set(MAILJET) == {
        f"{kind}-{number:04}" for kind, those in numbers.items() for number in those
    }
    assert len(ALDEAMO) == 17
    assert set(NAMES) == {name.replace("_", " ").lower() for name in ALDEAMO}


@pytest.mark.parametrize("code", MAILJET)
def test_mailjet_refuses_a_message(mailjet, mailjet_api, code):
    """The others of the call are accepted."""
    mailjet.api.refuse("ana@cliente.example", code)
    first, second = send(mailjet_api, outgoing(), outgoing("leo@cliente.example"))
    check(first, MAILJET[code][1:], code)
    assert second.result == "accepted"
    assert [message.recipients for message in mailjet.received] == [("leo@cliente.example",)]


@pytest.mark.parametrize("code", MAILJET)
def test_mailjet_refuses_a_call(mailjet, mailjet_api, code):
    status, *expected = MAILJET[code]
    error = {
        "ErrorIdentifier": "7b1d6e0e-8c5e-4f3a-9a43-0d9f8e3a1c11",
        "ErrorCode": code,
        "StatusCode": status,
        "ErrorMessage": "in Mailjet's words",
    }
    mailjet.api.fail(status, error)
    (outcome,) = send(mailjet_api, outgoing())
    check(outcome, expected, f"(Mailjet: {code}, in Mailjet's words)")


@pytest.mark.parametrize(("status", "body", "expected"), MAILJET_STATUSES)
def test_mailjet_answers_with_a_status_alone(mailjet, mailjet_api, status, body, expected):
    mailjet.api.fail(status, body)
    (outcome,) = send(mailjet_api, outgoing())
    check(outcome, expected, body.get("ErrorCode") or str(status) if body != HTML else str(status))
    assert not mailjet.received
    assert len(mailjet.api.calls) == 1


def test_mailjet_names_several_errors_of_a_message(mailjet, mailjet_api):
    """What concerns the account decides, whichever comes first."""
    mailjet.api.refuse("ana@cliente.example", "mj-0013")
    mailjet.api.refuse("leo@cliente.example", "mj-0001")
    (outcome,) = send(mailjet_api, outgoing(["ana@cliente.example", "leo@cliente.example"]))
    check(outcome, MAILJET["mj-0001"][1:], "mj-0001")


@pytest.mark.parametrize("bare", [False, True])
def test_mailjet_does_not_accept_the_key(mailjet, mailjet_api, bare):
    mailjet.api.bare_unauthorized = bare
    mailjet_api._http._session.auth = (mailjet.user, "wrong")
    (outcome,) = send(mailjet_api, outgoing())
    check(outcome, MAILJET["mj-0015"][1:], "HTTP 401" if bare else "mj-0015")


def test_mailjet_refuses_an_unknown_code_for_good(mailjet, mailjet_api):
    error = {"ErrorCode": "mj-9999", "StatusCode": 400, "ErrorMessage": "new"}
    mailjet.api.fail(400, {"Messages": [{"Status": "error", "Errors": [error]}]})
    (outcome,) = send(mailjet_api, outgoing())
    check(outcome, ("refused", None, "Mailjet refused it"), "mj-9999, new")


def test_mailjet_failure_of_one_message_is_no_refusal(mailjet, mailjet_api):
    """Mailjet's guide has such items sent again."""
    error = {"ErrorCode": "mj-9999", "StatusCode": 500, "ErrorMessage": "oops"}
    mailjet.api.fail(400, {"Messages": [{"Status": "error", "Errors": [error]}]})
    (outcome,) = send(mailjet_api, outgoing())
    check(outcome, ("retry", None, "tries again"), "mj-9999")


@pytest.mark.parametrize(
    ("values", "failure"),
    [
        ({"to": ["ana@@x"]}, "invalid_address"),
        ({"sender": ("", "ventas@")}, "sender"),
        ({"reply_to": ("", "x@")}, "sender"),
    ],
)
def test_mailjet_names_the_property_that_is_wrong(mailjet_api, values, failure):
    values = {name: value if name == "to" else Mailbox(*value) for name, value in values.items()}
    (outcome,) = send(mailjet_api, outgoing(**values))
    assert (outcome.result, outcome.failure) == ("refused", failure)
    assert "mj-0013" in str(outcome.reason)


@pytest.mark.parametrize("spelling", [str, lambda name: name.replace("_", " ")])
@pytest.mark.parametrize("name", ALDEAMO)
def test_aldeamo_refuses(aldeamo, aldeamo_api, name, spelling):
    status = 403 if "api_key" in name.lower() else 400
    aldeamo.api.fail(status, {"error": spelling(name)})
    (outcome,) = send(aldeamo_api, outgoing())
    check(outcome, ALDEAMO[name], f"(Aldeamo: {spelling(name)})")


@pytest.mark.parametrize("status", [200, 403, 404, 422, 500])
def test_aldeamo_error_counts_with_whatever_status(aldeamo, aldeamo_api, status):
    """Which one comes with which error isn't documented."""
    aldeamo.api.fail(status, {"error": "Subject missing or empty"})
    (outcome,) = send(aldeamo_api, outgoing())
    check(outcome, ALDEAMO["Subject_missing_or_empty"], "Subject missing or empty")


@pytest.mark.parametrize(("status", "body", "expected"), ALDEAMO_STATUSES)
def test_aldeamo_answers_with_a_status_alone(aldeamo, aldeamo_api, status, body, expected):
    aldeamo.api.fail(status, body)
    (outcome,) = send(aldeamo_api, outgoing())
    check(outcome, expected, "Aldeamo: ")
    assert not aldeamo.received
    assert len(aldeamo.api.calls) == 1


@pytest.mark.parametrize(
    ("data", "result"),
    [
        ({"to": []}, "in_doubt"),
        ({"message": "Messages sent!", "to": {}}, "in_doubt"),
        ({"error": "No_Messages_left", "to": []}, "account_blocked"),
        ({"error": "Subject missing or empty", "to": None}, "refused"),
        ({"error": "No_Messages_left", "to": [{"email": "ana@x.example", "msgid": 1}]}, "in_doubt"),
    ],
)
def test_aldeamo_accepts_nothing_for_nobody(aldeamo, aldeamo_api, data, result):
    aldeamo.api.fail(200, data)
    (outcome,) = send(aldeamo_api, outgoing())
    assert (outcome.result, outcome.ids) == (result, {})
    assert str(outcome.reason)
    assert len(aldeamo.api.calls) == 1


@pytest.mark.parametrize("to", [{}, {"To": []}, {"To": [], "Cc": [], "Bcc": None}])
def test_mailjet_accepts_nothing_for_nobody(mailjet, mailjet_api, to):
    """The other mail of the call is."""
    row = {"Email": "leo@cliente.example", "MessageUUID": "x"}
    items = [{"Status": "success", **to}, {"Status": "success", "To": [row]}]
    mailjet.api.fail(200, {"Messages": items})
    first, second = send(mailjet_api, outgoing(), outgoing("leo@cliente.example"))
    assert (first.result, first.ids) == ("in_doubt", {})
    assert "doesn't say what became of the mail" in str(first.reason)
    assert second.result == "accepted"
    assert len(mailjet.api.calls) == 1


def test_aldeamo_itself_refuses_for_what_the_account_lacks(aldeamo, aldeamo_api):
    """The sandbox's own judgement, not a scripted answer."""

    def reason(mail=None):
        (outcome,) = send(aldeamo_api, mail or outgoing())
        return outcome.result, re.search(r"\(Aldeamo: (.*)\)", str(outcome.reason))[1]

    aldeamo.quota = 0
    assert reason() == ("account_blocked", "No Messages left")
    aldeamo.domains = {"otra.example"}
    assert reason() == ("refused", "Domain not permitted err 1")
    assert reason(outgoing("ana@@x")) == ("refused", "A Recipient address is empty")
    aldeamo.active = False
    assert reason() == ("account_blocked", "Current service is not active")
    aldeamo.authorized = False
    assert reason() == ("account_blocked", "API key not authorized")
    aldeamo.api_key = "changed"
    assert reason() == ("account_blocked", "Invalid API Key")
    assert not aldeamo.received


def test_reason_never_holds_the_key(api, code, account):
    for status in (401, 429, 500, 502, 504, 302):
        account.api.fail(status, HTML)
        (outcome,) = send(api, outgoing())
        for secret in (account.password, getattr(account, "api_key", account.password)):
            assert secret not in str(outcome.reason)
        account.api._faults.clear()


def test_credentials_do_not_show_their_secrets(code, account):
    """Tracebacks quote what functions are called with."""
    shown = repr(credentials(account, password="secreto", key="llave"))
    assert account.user in shown
    assert "secreto" not in shown
    assert "llave" not in shown
