# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The DMARC record of a domain, its own or inherited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..context import Context, Misplaced, in_the_way, listed, misplaced_problem, unanswered
from ..lazy import lazy
from ..names import is_below, organization
from ..net.answer import DATA, NXDOMAIN, Answer
from ..result import Facts, Operation, Problem, Result, conclude
from ..text import Text, _
from .meant import Meant, Mistake, read_meant
from .policy import Level, Policy, applied, organizational, walk
from .record import OBSOLETE, POLICIES, DmarcRecord, is_dmarc

# Mailbox services, which publish no records for their users
MAILBOXES = frozenset(
    (
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.es", "live.com"),
        *("msn.com", "yahoo.com", "yahoo.es", "ymail.com", "icloud.com", "me.com", "aol.com"),
        *("gmx.com", "gmx.net", "gmx.de", "web.de", "proton.me", "protonmail.com", "zoho.com"),
        *("mail.com", "mail.ru", "yandex.ru", "yandex.com", "libero.it", "orange.fr"),
    )
)
# Warnings for which a new record is proposed
_WORTH_A_RECORD = frozenset(
    (
        *("dmarc_order", "dmarc_syntax", "dmarc_repeated", "dmarc_uri", "dmarc_value"),
        *("dmarc_weak_policy", "dmarc_mailbox", "dmarc_idle", "dmarc_mistaken"),
    )
)


def check_dmarc(context: Context) -> Result:
    """Return the result of the check `dmarc`.

    Facts: policy (none, quarantine, reject; None: no DMARC), source ("own", "inherited"), domain
    (that has the record), tag (p, sp or np), organizational_domain, record, adkim, aspf ("r",
    "s"), testing, rua and ruf (lists of URIs), walk (the domains of the tree walk that have a
    record), older_receivers (the policy that receivers after RFC 7489 apply; None: the same).
    """
    return _DmarcCheck(context).result()


class _DmarcCheck:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._domain = context.domain
        self._name = f"_dmarc.{context.domain}"
        self._resolver = context.resolver
        self._rua = context.expectations.dmarc_rua or f"postmaster@{context.domain}"

    @lazy
    def _levels(self) -> list[Level]:
        return walk(self._resolver, self._domain)

    @lazy
    def _meant(self) -> dict[str, Meant]:
        """Value → what it is meant to say, of those values that are meant as DMARC.

        Sorted, because a name server gives several values in any order.
        """
        values = {value: read_meant(value) for value in sorted(self._levels[0].answer.values)}
        return {value: meant for value, meant in values.items() if meant}

    @lazy
    def _mistaken(self) -> list[str]:
        """The values that are meant as DMARC but are invalid."""
        return [value for value in self._meant if not is_dmarc(value)]

    @lazy
    def _misplaced(self) -> list[Misplaced]:
        """The wrong places of the record."""
        found = self._context.misplaced(self._name, "TXT", lambda v: bool(read_meant(v)))
        # A record at the parent is not misplaced: it is that domain's own.
        return [place for place in found if place[0] != "parent"]

    @lazy
    def _policy(self) -> Policy | None:
        exists = self._resolver.ask(self._domain, "TXT").outcome != NXDOMAIN
        return applied(self._levels, exists)

    def result(self) -> Result:
        levels = self._levels
        own = levels[0]
        failed = [own] if own.answer.failed else []
        if own.count == 0 and not failed:
            failed = [level for level in levels if level.answer.failed]
        if failed:
            problems = [unanswered(level.answer) for level in failed]
            return conclude("dmarc", problems, facts=self._facts(None))
        policy = self._policy
        problems = [*self._own_problems(own), *self._policy_problems(policy)]
        others = []
        for problem, operation in self._report_problems(policy):
            problems.append(problem)
            if operation:
                others.append(operation)
        operations = self._operations(own, problems)
        problems += in_the_way(operations)
        if operations and not self._holds(operations):
            operations = []
        return conclude(
            "dmarc",
            problems,
            operations=operations,
            others=others,
            found=self._found(own, policy),
            facts=self._facts(policy),
        )

    def _facts(self, policy: Policy | None) -> Facts:
        record = policy and policy.record
        return {
            "policy": policy and policy.value,
            "source": policy and ("own" if policy.domain == self._domain else "inherited"),
            "domain": policy and policy.domain,
            "tag": policy and policy.tag,
            "organizational_domain": organizational(self._levels),
            "record": record and record.text[:4000],
            "adkim": record and ("s" if record.strict("adkim") else "r"),
            "aspf": record and ("s" if record.strict("aspf") else "r"),
            "testing": bool(record and record.testing),
            "rua": [destination.uri for destination in record.rua] if record else [],
            "ruf": [destination.uri for destination in record.ruf] if record else [],
            "walk": [level.domain for level in self._levels if level.count],
            "older_receivers": self._older(policy),
        }

    def _older(self, policy: Policy | None) -> str | None:
        """Return the policy that receivers after RFC 7489 apply; None: the same."""
        if policy is None:
            return None
        if policy.tag == "np":
            record = policy.record
            return record.policy("sp") or record.policy("p")
        if policy.record.testing and policy.value != "none":
            return policy.value
        return None

    def _found(self, own: Level, policy: Policy | None) -> Text:
        values = [value for value in own.answer.values if is_dmarc(value)] or self._mistaken
        if values:
            return listed(values)
        if policy is not None:
            return Text(
                _("%(name)s has no DMARC record; the record of %(domain)s applies: %(record)s"),
                name=self._name,
                domain=policy.domain,
                record=policy.record.text,
            )
        return Text(_("%(name)s has no DMARC record"), name=self._name)

    def _operations(self, own: Level, problems: list[Problem]) -> list[Operation]:
        """Return what to do so that the domain has exactly one valid record."""
        codes = {problem.code for problem in problems if problem.status != "info"}
        wrong = any(problem.status == "fail" for problem in problems)
        if self._context.is_planned or not (wrong or codes & _WORTH_A_RECORD):
            return []
        if own.answer.chain and not wrong and not self._context.wildcard(self._name, own.answer):
            return []  # an alias of another domain's record, which is valid
        right = [value for value in self._meant if is_dmarc(value)]
        old = [*right, *self._mistaken]
        if right and codes & _WORTH_A_RECORD == {"dmarc_idle"} and not wrong:
            value = right[0]
        else:
            value = self._proposal(right or self._mistaken, problems)
        return self._context.operations(own.answer, "TXT", value, old)

    def _proposal(self, values: Sequence[str], problems: list[Problem]) -> str:
        """Return one record with what these values are meant to say; a first record without any."""
        elsewhere = (read_meant(value) for _code, _place, value in self._misplaced[:1])
        found = [self._meant[value] for value in values] or list(filter(None, elsewhere))
        if not found:
            rua = "" if self._takes_no_mail(self._rua.rpartition("@")[2]) else self._rua
            return f"v=DMARC1; p=none; rua=mailto:{rua}" if rua else "v=DMARC1; p=none"
        for meant in found:
            for piece in meant.left_out:
                problems.append(Problem.of("dmarc_left_out", piece=piece))
        # Several records were all ignored: a stricter policy than the mildest may lose mail.
        mildest = min(found, key=lambda meant: POLICIES.index(meant.tags.get("p", "none")))
        changes = {}
        for name in ("rua", "ruf"):
            uris = [uri for meant in found for uri in meant.tags.get(name, "").split(",") if uri]
            own = [uri for uri in uris if not self._is_lost_mailbox(uri)]
            lost = len(own) < len(uris)
            if uris:
                kept = own or ([f"mailto:{self._rua}"] if lost else [])
                once = list(dict.fromkeys(kept))
                changes[name] = ",".join(sorted(once) if len(found) > 1 else once)
        if "p" not in mildest.tags and not changes.get("rua"):
            changes["rua"] = f"mailto:{self._rua}"
        return mildest.text(**changes)

    def _is_lost_mailbox(self, uri: str) -> bool:
        host = uri.rpartition("@")[2].partition("!")[0].lower()
        return host in MAILBOXES and not is_below(host, organization(self._domain))

    def _holds(self, operations: Sequence[Operation]) -> bool:
        """Tell whether the check would find nothing wrong after these operations."""
        after = check_dmarc(self._context.as_it_would_be(operations))
        return after.status != "fail" or any(o.action == "blocked" for o in operations)

    def _own_problems(self, own: Level) -> Iterator[Problem]:
        if own.count > 1:
            yield Problem.of("dmarc_several", count=own.count)
        for value in self._mistaken:
            what = _sentence(self._meant[value].mistakes)
            status = None if self._policy is None else "warning"
            yield Problem.of("dmarc_idle" if own.count else "dmarc_mistaken", status, what=what)
        others = [value for value in own.answer.values if value not in self._meant]
        if others:
            yield Problem.of("dmarc_unrelated", value=others[0])
            wildcard = self._context.wildcard(self._name, own.answer)
            if wildcard:
                yield Problem.of("wildcard", wildcard=wildcard)
        if own.count == 0 and not self._mistaken:
            if self._misplaced:
                yield misplaced_problem(self._context, self._name, self._misplaced[0])
            elif self._policy is None:
                yield Problem.of("dmarc_missing")

    def _policy_problems(self, policy: Policy | None) -> Iterator[Problem]:
        own = self._levels[0].record
        if policy is None:
            if own is not None:
                yield Problem.of("dmarc_no_policy", what=_no_policy(own))
            return
        record = policy.record
        if record.bad_policies:
            yield Problem.of("dmarc_weak_policy", what=_no_policy(record))
        yield from self._strength_problems(policy)
        yield from self._tag_problems(record)

    def _strength_problems(self, policy: Policy) -> Iterator[Problem]:
        record = policy.record
        if policy.value == "none" and not record.bad_policies:
            yield Problem.of("dmarc_none")
        elif policy.tag == "p" and record.policy("sp") == "none":
            yield Problem.of("dmarc_sp_none")
        if record.testing:
            yield Problem.of("dmarc_testing", policy=policy.value)
        if policy.domain != self._domain:
            yield Problem.of(
                "dmarc_inherited", domain=policy.domain, tag=policy.tag, policy=policy.value
            )
        if policy.tag == "np":
            yield Problem.of("dmarc_np", policy=self._older(policy))
        if record.psd in ("y", "n"):
            yield Problem.of("dmarc_psd")

    def _tag_problems(self, record: DmarcRecord) -> Iterator[Problem]:
        meant = read_meant(record.text)
        for mistake in meant.mistakes if meant else ():
            if mistake.code != "dmarc_no_policy":
                yield Problem.of(mistake.code, what=mistake.what)
        pct = record.tags.get("pct")
        if pct is not None and pct != "100":
            yield Problem.of("dmarc_pct", pct=pct)
        for name in OBSOLETE:
            if name in record.tags.values and (name != "pct" or pct == "100"):
                yield Problem.of("dmarc_obsolete", tag=f"{name}=")
        sized = next((one.uri for one in (*record.rua, *record.ruf) if one.sized), None)
        if sized:
            yield Problem.of("dmarc_obsolete", tag=f"!{sized.rpartition('!')[2]}")
        if not record.rua and not record.bad_uris:
            yield Problem.of("dmarc_no_rua")

    def _report_problems(self, policy: Policy | None) -> Iterator[tuple[Problem, Operation | None]]:
        """Yield problems of the addresses for reports, each with the operation that solves it."""
        if policy is None:
            return
        top = organizational(self._levels)
        destinations = (*policy.record.rua, *policy.record.ruf)
        hosts = list(dict.fromkeys(destination.host for destination in destinations))
        external = [host for host in hosts if not is_below(host, top)]
        permissions = [f"{policy.domain}._report._dmarc.{host}" for host in external]
        questions = [(name, "TXT") for name in permissions] + [(host, "MX") for host in hosts]
        answers = self._resolver.ask_all(questions)
        for host, answer in zip(external, answers, strict=False):
            if answer.failed:
                yield unanswered(answer), None
            elif any(is_dmarc(value) for value in answer.values):
                pass  # the host allows the reports
            elif host in MAILBOXES:
                yield Problem.of("dmarc_mailbox", host=host), None
            else:
                place = f"{policy.domain}._report._dmarc"
                operation = Operation("add", place, host, "TXT", "v=DMARC1")
                yield Problem.of("dmarc_external", host=host, domain=policy.domain), operation
        for host, answer in zip(hosts, answers[len(external) :], strict=True):
            if self._takes_no_mail(host, answer):
                yield Problem.of("dmarc_rua_mx", host=host), None

    def _takes_no_mail(self, host: str, answer: Answer | None = None) -> bool:
        answer = answer or self._resolver.ask(host, "MX")
        if answer.failed:
            return False
        if answer.outcome == DATA:
            return all(not target for _preference, target in answer.exchanges)
        addresses = self._resolver.ask_all([(host, "A"), (host, "AAAA")])
        return all(found.void for found in addresses)


def _no_policy(record: DmarcRecord) -> Text:
    """Return the reason why a record has no policy."""
    meant = read_meant(record.text)
    mistakes = [one for one in (meant.mistakes if meant else ()) if one.code != "dmarc_uri"]
    if mistakes:
        return _sentence(mistakes)
    return Text(_("“%(tags)s=” is missing"), tags="=”, “".join(record.bad_policies))


def _sentence(mistakes: Iterable[Mistake]) -> Text:
    """Return all mistakes in one text."""
    return Text.joined(mistake.what for mistake in mistakes)
