"""The rows of the feature table in the specification, and one way to test a case of one."""

from dataclasses import dataclass, field

ROWS = """
ownership token at its own name / apex
hint: pasted at doubled name
hint: token/DMARC at the apex, DKIM at the parent
hint: pasted quotes, backslashes, smart quotes, en dash, BOM
wildcard TXT answers everything
SPF missing
SPF several
SPF syntax before all
SPF syntax after all
V=SPF1
10 look-ups
void look-ups
loops
include without SPF
include SERVFAIL/time-out
+all / bare all
?all, no all
ptr
redirect beside all, terms after all
duplicate include
> 10 MX in mx
macros validated
size > 450/512 B, type SPF
ESP gets pass
ESP include after all / ? / - / past look-up 10
DKIM at the ESP's selector
key equals the ESP's
revoked, size, type, t=y, h=, s=, bad base64, cut at 255
CNAME target right / dangling
DMARC missing
DMARC several, syntax, order
unrelated TXT beside it
p=none, sp=none
pct / t=y
inheritance, tree walk, psd
external rua authorisation
rua domain has MX
alignment through this ESP
Return-Path CNAME
MX, null MX, implicit MX, dead MX
BIMI, MTA-STS, TLS-RPT
temporary DNS error as its own state
""".strip().splitlines()
"""Left out: "Mailjet says OK, DNS says no", which is the wizard's, and "recursive against
authoritative answer, TTL left", which `test_dns_authority.py` has."""


@dataclass(frozen=True)
class Case:
    """One domain of the zones, and what one check says of it.

    :param codes: the problems that are told, all of them
    :param says: in any of the texts
    :param publish: the value of the first record to publish; "" for none
    :param expect: changes to what Mailjet wants
    """

    row: str
    domain: str
    check: str
    status: str
    codes: tuple[str, ...] = ()
    says: str = ""
    publish: str | None = None
    expect: dict = field(default_factory=dict)

    def __post_init__(self):
        assert self.row in ROWS, self.row

    @property
    def id(self):
        return f"{self.row}: {self.domain} {self.check}"

    def verify(self, checked):
        result = checked(self.domain, **self.expect)[self.check]
        assert (result.status, result.codes) == (self.status, set(self.codes)), result.problems
        assert self.says in "\n".join(map(str, result.problems))
        if result.status == "fail" and self.publish is None:
            assert result.operations or self.check in ("alignment", "spf"), result.problems
        if self.publish is not None:
            values = [one.value for one in result.operations if one.publishes]
            assert (values or [""])[0] == self.publish
