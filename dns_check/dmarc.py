# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The DMARC record of a domain, its own or inherited."""

from functools import cached_property

from .answer import DATA, NXDOMAIN
from .context import listed, misplaced_problem, unanswered, wildcard_problem
from .damage import first_damage, repaired
from .dmarc_policy import applied, organizational, walk
from .dmarc_record import OBSOLETE, is_dmarc, mended, parse_dmarc
from .names import is_below
from .result import Problem, Record, conclude
from .text import Text, _


def check_dmarc(context):
    """Return the result of the check `dmarc`.

    Facts: policy (none, quarantine, reject; None: no DMARC), source ("own", "inherited"), domain
    (whose record it is), tag (p, sp or np), organizational_domain, record, adkim, aspf ("r", "s"),
    testing, rua and ruf (lists of URIs), walk (the domains of the tree walk that have a record),
    older_receivers (what those make of it that follow RFC 7489; None: the same).
    """
    return _DmarcCheck(context).result()


class _DmarcCheck:
    def __init__(self, context):
        self._context = context
        self._domain = context.domain
        self._name = f"_dmarc.{context.domain}"
        self._resolver = context.resolver
        self._rua = context.expectations.dmarc_rua or f"postmaster@{context.domain}"

    @cached_property
    def _levels(self):
        return walk(self._resolver, self._domain)

    @cached_property
    def _pasted(self):
        """Records that would be DMARC if they had not been damaged by pasting."""
        values = self._levels[0].answer.values
        return [v for v in values if not is_dmarc(v) and is_dmarc(repaired(v[:4000]))]

    @cached_property
    def _policy(self):
        exists = self._resolver.ask(self._domain, "TXT").outcome != NXDOMAIN
        return applied(self._levels, exists)

    def result(self):
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
        wrong = any(problem.status == "fail" for problem in problems)
        records = list(self._proposal(own)) if wrong else []
        for problem, record in self._report_problems(policy):
            problems.append(problem)
            if record:
                records.append(record)
        return conclude(
            "dmarc",
            problems,
            found=self._found(own, policy),
            expected=listed([records[0].value]) if wrong and records else None,
            facts=self._facts(policy),
            records=tuple(records),
        )

    def _facts(self, policy):
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

    def _older(self, policy):
        """Return what receivers after RFC 7489 make of it where that differs, as str, or None."""
        if policy is None:
            return None
        if policy.tag == "np":
            record = policy.record
            return record.policy("sp") or record.policy("p")
        if policy.record.testing and policy.value != "none":
            return policy.value
        return None

    def _found(self, own, policy):
        values = [value for value in own.answer.values if is_dmarc(value)] or self._pasted
        if values:
            return listed(values)
        if policy is not None:
            return Text(
                _("%(name)s has no DMARC record; that of %(domain)s holds: %(record)s"),
                name=self._name,
                domain=policy.domain,
                record=policy.record.text,
            )
        return Text(_("%(name)s has no DMARC record"), name=self._name)

    def _proposal(self, own):
        """Yield the record to publish: the domain's own, mended, or a first one."""
        texts = [value for value in own.answer.values if is_dmarc(value)]
        texts += [repaired(value) for value in self._pasted]
        # Of several the strictest: the domain lived with it so far.
        order = {"reject": 0, "quarantine": 1, "none": 2, None: 3}
        texts.sort(key=lambda text: order[parse_dmarc(text).policy("p")])
        value = mended(texts[0] if texts else "v=DMARC1", self._rua)
        yield self._context.record(self._name, "TXT", value)

    def _own_problems(self, own):
        values = own.answer.values
        if own.count > 1:
            yield Problem.of(
                "dmarc_several",
                "fail",
                _("There are %(count)s DMARC records, and receivers ignore all of them. Keep one."),
                count=own.count,
            )
        for value in self._pasted:
            yield Problem.of(
                "dmarc_pasted",
                "warning" if own.count else "fail",
                _("A record does not count because of what came with pasting it: %(what)s."),
                what=first_damage(value),
            )
        others = [v for v in values if not is_dmarc(v) and v not in self._pasted]
        if others:
            yield Problem.of(
                "dmarc_unrelated",
                "warning",
                _("There is something else beside it, which belongs elsewhere: %(value)s"),
                value=others[0],
            )
            wildcard = self._context.wildcard(self._name, others)
            if wildcard:
                yield wildcard_problem(wildcard)
        if own.count == 0 and not self._pasted:
            found = self._context.misplaced(
                self._name, "TXT", lambda value: is_dmarc(repaired(value[:4000]))
            )
            # At the parent it is not misplaced, but that domain's own.
            found = [place for place in found if place[0] in ("doubled", "apex")]
            if found:
                yield misplaced_problem(self._context, self._name, found[0])
            elif self._policy is None:
                yield Problem.of(
                    "dmarc_missing",
                    "fail",
                    _(
                        "There is no DMARC record. Publish one, as a first step one that only has "
                        "reports sent to you."
                    ),
                )

    def _policy_problems(self, policy):
        own = self._levels[0].record
        if policy is None:
            if own is not None:
                yield Problem.of(
                    "dmarc_no_policy",
                    "fail",
                    _("The record has no valid policy (%(tags)s), so there is no DMARC."),
                    tags=", ".join(own.bad_policies),
                )
            return
        record = policy.record
        if record.bad_policies:
            yield Problem.of(
                "dmarc_no_policy",
                "warning",
                _("The record has no valid policy (%(tags)s) and counts as “p=none”."),
                tags=", ".join(record.bad_policies),
            )
        yield from self._strength_problems(policy)
        yield from self._tag_problems(record)

    def _strength_problems(self, policy):
        record = policy.record
        if policy.value == "none":
            yield Problem.of(
                "dmarc_none",
                "warning",
                _(
                    "The policy “none” only has reports sent. When those have shown for some "
                    "weeks that your own mail passes, publish “quarantine” in its place."
                ),
            )
        elif policy.tag == "p" and record.policy("sp") == "none":
            yield Problem.of(
                "dmarc_sp_none", "warning", _("“sp=none” leaves all subdomains unprotected.")
            )
        if record.testing:
            yield Problem.of(
                "dmarc_testing",
                "warning",
                _(
                    "“t=y” has receivers apply the next weaker policy than “%(policy)s”; older "
                    "ones do not know it and apply it fully. Remove it when your tests are over."
                ),
                policy=policy.value,
            )
        if policy.domain != self._domain:
            yield Problem.of(
                "dmarc_inherited",
                "info",
                _("The policy is that of %(domain)s (%(tag)s=%(policy)s)."),
                domain=policy.domain,
                tag=policy.tag,
                policy=policy.value,
            )
        if policy.tag == "np":
            yield Problem.of(
                "dmarc_np",
                "info",
                _("Older receivers do not know “np” and apply “%(policy)s”."),
                policy=self._older(policy),
            )
        if record.psd in ("y", "n"):
            yield Problem.of(
                "dmarc_psd",
                "info",
                _("Older receivers do not know “psd” and go by a list of suffixes."),
            )

    def _tag_problems(self, record):
        tags = record.tags
        for position, piece in tags.mistakes[:5]:
            yield Problem.of(
                "dmarc_syntax",
                "warning",
                _("“%(piece)s” at position %(position)s is none of “name=value” and is skipped."),
                piece=piece,
                position=position,
            )
        if tags.repeated:
            yield Problem.of(
                "dmarc_repeated",
                "warning",
                _("“%(tag)s=” is there several times."),
                tag=tags.repeated[0],
            )
        if "p" in tags.order and tags.order[1] != "p":
            yield Problem.of(
                "dmarc_order",
                "warning",
                _("Older receivers want “p=” right behind “v=DMARC1;”: move it there."),
            )
        pct = tags.get("pct")
        if pct is not None and pct != "100":
            yield Problem.of(
                "dmarc_pct",
                "warning",
                _("“pct=%(pct)s” has no effect any more, except with older receivers: remove it."),
                pct=pct,
            )
        for name in OBSOLETE:
            if name in tags.values and (name != "pct" or pct == "100"):
                yield Problem.of(
                    "dmarc_obsolete", "info", _("“%(tag)s=” has no effect any more."), tag=name
                )
        for uri in record.bad_uris:
            yield Problem.of(
                "dmarc_uri",
                "warning",
                _("Reports cannot be sent to “%(uri)s”: write “mailto:” and an address."),
                uri=uri,
            )
        if any(destination.sized for destination in (*record.rua, *record.ruf)):
            yield Problem.of(
                "dmarc_obsolete",
                "info",
                _("A size behind a report address (“!10m”) has no effect any more."),
            )
        if not record.rua and not record.bad_uris:
            yield Problem.of(
                "dmarc_no_rua",
                "info",
                _("Without “rua=” you get no reports and never learn whose mail fails."),
            )

    def _report_problems(self, policy):
        """Yield problems of the places that reports go to, and the record that is wanted there."""
        if policy is None:
            return
        organization = organizational(self._levels)
        destinations = (*policy.record.rua, *policy.record.ruf)
        hosts = list(dict.fromkeys(destination.host for destination in destinations))
        external = [host for host in hosts if not is_below(host, organization)]
        permissions = [f"{policy.domain}._report._dmarc.{host}" for host in external]
        questions = [(name, "TXT") for name in permissions] + [(host, "MX") for host in hosts]
        answers = self._resolver.ask_all(questions)
        for host, name, answer in zip(external, permissions, answers, strict=False):
            if answer.failed:
                yield unanswered(answer), None
            elif not any(is_dmarc(value) for value in answer.values):
                text = Text(
                    _(
                        "%(host)s does not say that it wants reports about %(domain)s, so it gets "
                        "none. Whoever runs %(host)s must publish the TXT record %(name)s."
                    ),
                    host=host,
                    domain=policy.domain,
                    name=name,
                )
                record = Record(f"{policy.domain}._report._dmarc", "TXT", "v=DMARC1", host)
                yield Problem("dmarc_external", "warning", text), record
        for host, answer in zip(hosts, answers[len(external) :], strict=True):
            if self._takes_no_mail(host, answer):
                yield (
                    Problem.of(
                        "dmarc_rua_mx",
                        "warning",
                        _("%(host)s takes no mail: reports to it are lost."),
                        host=host,
                    ),
                    None,
                )

    def _takes_no_mail(self, host, answer):
        if answer.failed:
            return False
        if answer.outcome == DATA:
            return all(not target for _preference, target in answer.values)
        addresses = self._resolver.ask_all([(host, "A"), (host, "AAAA")])
        return all(found.void for found in addresses)
