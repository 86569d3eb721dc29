# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two verdicts on SPF: is the record right, and does the provider get pass?"""

from functools import cached_property

from ..answer import DATA, ERRORS
from ..context import absence, listed, unanswered
from ..damage import first_damage, repaired
from ..result import Problem, conclude
from ..text import Text, _
from .evaluate import MAX_LOOKUPS, MAX_MX, MAX_VOIDS, check_host
from .merge import merged
from .prefetch import Prefetch
from .provider import ProviderSpf, provider_terms
from .record import MECHANISMS, VERSION, is_spf
from .tree import Walker

MAX_TEXT = 450  # octets of the record, so that the answer fits into 512 (RFC 7208 3.4)
MAX_ANSWER = 512


class Spf:
    """SPF of a domain. Made once a domain; both checks draw on what it finds.

    :param Context context: of the domain
    """

    def __init__(self, context):
        self._context = context
        self._domain = context.domain
        self._resolver = context.resolver
        self._expected = context.expectations.spf

    def prefetch(self):
        """Put all questions that can be foreseen; does not wait."""
        prefetch = Prefetch(self._resolver)
        prefetch.domain(self._domain)
        prefetch.terms(provider_terms(self._expected), self._domain)
        self._resolver.submit(self._domain, "SPF")

    @cached_property
    def answer(self):
        return self._resolver.ask(self._domain, "TXT")

    @cached_property
    def texts(self):
        """The domain's SPF records."""
        return [value for value in self.answer.values if is_spf(value)]

    @cached_property
    def pasted(self):
        """Records that would be SPF if they had not been damaged by pasting."""
        return [
            value
            for value in self.answer.values
            if not is_spf(value) and is_spf(repaired(value[:4000]))
        ]

    @cached_property
    def trees(self):
        return [Walker(self._resolver).tree(self._domain, text) for text in self.texts]

    @cached_property
    def provider(self):
        """`ProviderSpf`, or None where it isn't known what the provider wants."""
        if not provider_terms(self._expected):
            return None
        return ProviderSpf(self._resolver, self._expected, self._domain)

    @cached_property
    def proposal(self):
        """The record that would be right, as text; None where none can be made."""
        if self.answer.failed:
            return None
        # Undecodable octets can't be entered into any panel.
        texts = [text.encode("ascii", "ignore").decode() for text in self.texts]
        mended = [repaired(text) for text in self.pasted]
        walker = Walker(self._resolver)
        trees = [walker.tree(self._domain, text) for text in [*texts, *mended]]
        return merged([*texts, *mended], trees, self.provider)

    def _records(self, needed):
        """Return what to publish, where something has to be."""
        if not needed or self.proposal is None or self.texts == [self.proposal]:
            return ()
        if not self.texts and not self.pasted and self.provider is None:
            return ()  # nothing is known of who sends for the domain
        return (self._context.record(self._domain, "TXT", self.proposal),)

    def record(self):
        """Return the result of the check `spf`.

        Facts: record (or None), records, look-ups, voids, void_terms, all (its qualifier),
        octets, tree.
        """
        facts = {"record": None, "records": [text[:4000] for text in self.texts], "lookups": 0}
        facts |= {"voids": 0, "void_terms": [], "all": None, "octets": 0, "tree": None}
        expected = None
        if self.answer.failed:
            return conclude("spf", [unanswered(self.answer)], facts=facts)
        problems = list(self._selection_problems())
        if len(self.texts) == 1:
            tree = self.trees[0]
            void = [branch for branch in tree.walk() if branch.state == "void"]
            end = tree.record.all
            facts.update(
                record=self.texts[0][:4000],
                lookups=tree.lookups,
                voids=len(void),
                void_terms=[branch.term.text for branch in void],
                all=end.qualifier if end else None,
                octets=len(self.texts[0].encode("utf-8", "surrogateescape")),
                tree=tree.as_dict(),
            )
            problems += [
                *self._syntax_problems(tree),
                *self._limit_problems(tree, void),
                *self._branch_problems(tree),
                *self._policy_problems(tree),
                *self._size_problems(),
            ]
        wrong = any(problem.status in ("fail", "warning") for problem in problems)
        records = self._records(wrong)
        if records:
            expected = Text("%(value)s", value=self.proposal)
        found = listed(self.texts or self.pasted) if self.texts or self.pasted else None
        return conclude(
            "spf",
            problems,
            found=found or absence_of_spf(self.answer),
            expected=expected,
            facts=facts,
            records=records,
        )

    def _selection_problems(self):
        if len(self.texts) > 1:
            yield Problem(
                "spf_several",
                "fail",
                Text(
                    _(
                        "There are %(count)s SPF records, and receivers then ignore all of them. "
                        "Replace them by a single one."
                    ),
                    count=len(self.texts),
                ),
            )
        for text in self.pasted:
            yield Problem(
                "spf_pasted",
                "fail" if not self.texts else "warning",
                Text(
                    _(
                        "A record is not taken for SPF because of what came with pasting it: %(what)s."
                    ),
                    what=first_damage(text),
                ),
            )
        if not self.texts and not self.pasted:
            yield Problem("spf_missing", "fail", Text(_("There is no SPF record. Publish one.")))
        old = self._resolver.ask(self._domain, "SPF")
        if old.outcome == DATA:
            yield Problem(
                "spf_type",
                "warning",
                Text(
                    _("There is a record of the type SPF, which nobody reads any more: remove it.")
                ),
            )

    def _syntax_problems(self, tree):
        for mistake in tree.record.mistakes[:10]:
            yield Problem(
                "spf_syntax",
                "fail",
                Text(
                    _(
                        "“%(term)s” at position %(position)s is a mistake, which makes receivers "
                        "ignore the whole record: %(hint)s."
                    ),
                    term=mistake.term,
                    position=mistake.position,
                    hint=mistake.hint,
                ),
            )
        for term in tree.record.terms:
            name = term.name
            if not term.qualifier and (name in MECHANISMS or name == "v"):
                yield Problem(
                    "spf_equals",
                    "warning",
                    Text(
                        _("“%(term)s” has no effect: receivers skip what has such a “=”."),
                        term=term.text,
                    ),
                )

    def _limit_problems(self, tree, void):
        if tree.lookups > MAX_LOOKUPS:
            heaviest = max(tree.branches, key=lambda branch: branch.lookups)
            yield Problem(
                "spf_too_many_lookups",
                "fail",
                Text(
                    _(
                        "The record makes receivers look up %(count)s times, 10 are allowed; they "
                        "then ignore it. “%(term)s” takes %(lookups)s of them: remove what no longer "
                        "sends for you, that one first if it can be spared."
                    ),
                    count=tree.lookups,
                    term=heaviest.term.text,
                    lookups=heaviest.lookups,
                ),
            )
        if void:
            names = Text("%(names)s", names=", ".join(branch.term.text for branch in void))
            too_many = len(void) > MAX_VOIDS
            yield Problem(
                "spf_too_many_voids" if too_many else "spf_void",
                "fail" if too_many else "warning",
                Text(
                    _(
                        "These terms lead to nothing, and more than 2 such make the record invalid: %(names)s."
                    )
                    if too_many
                    else _("These terms lead to nothing; remove them: %(names)s."),
                    names=names,
                ),
            )

    def _branch_problems(self, tree):
        for branch in tree.walk():
            made = _STATES.get(branch.state)
            if made:
                code, status, template = made
                path = Text("%(path)s", path=" → ".join(_path(tree, branch)))
                reason = Text(ERRORS[branch.error]) if branch.error else None
                text = Text(
                    template, term=branch.term.text, domain=branch.domain, path=path, reason=reason
                )
                yield Problem(code, status, text)
            if branch.term.name == "ptr":
                yield Problem(
                    "spf_ptr",
                    "warning",
                    Text(
                        _(
                            "“%(term)s” (in %(domain)s) should not be used any more, and many "
                            "receivers skip it: name the servers with ip4:, ip6: or a:."
                        ),
                        term=branch.term.text,
                        domain=branch.domain,
                    ),
                )
        seen = set()
        for branch in tree.walk():
            if branch.target and branch.term.name in ("include", "redirect"):
                if branch.target in seen and branch.state != "loop":
                    yield Problem(
                        "spf_duplicate",
                        "warning",
                        Text(
                            _("“%(term)s” (in %(domain)s) is there already, and counts again."),
                            term=branch.term.text,
                            domain=branch.domain,
                        ),
                    )
                seen.add(branch.target)

    def _policy_problems(self, tree):
        record = tree.record
        for inner, path in tree.records():
            if all(term.qualifier in ("+", "") for term in path) and _anybody(inner):
                yield Problem(
                    "spf_all_pass",
                    "fail",
                    Text(
                        _("“%(term)s” lets anybody send for the domain: use “~all”."),
                        term=(path[0] if path else _anybody(inner)).text,
                    ),
                )
                break
        if record.all and record.redirect:
            yield Problem(
                "spf_redirect_ignored",
                "warning",
                Text(
                    _("“%(term)s” has no effect beside “%(all)s”: keep one of them."),
                    term=record.redirect.text,
                    all=record.all.text,
                ),
            )
        for term in record.after_all:
            yield Problem(
                "spf_after_all",
                "warning",
                Text(
                    _("“%(term)s” is behind “%(all)s” and has no effect: move it in front."),
                    term=term.text,
                    all=record.all.text,
                ),
            )
        if record.all is None and record.redirect is None:
            yield Problem(
                "spf_no_all",
                "warning",
                Text(_("The record says nothing about all other servers: add “~all” at its end.")),
            )
        elif record.all and record.all.qualifier == "?":
            yield Problem(
                "spf_neutral_all",
                "info",
                Text(_("“?all” says nothing about all other servers; “~all” is better.")),
            )

    def _size_problems(self):
        octets = len(self.texts[0].encode("utf-8", "surrogateescape"))
        if octets > MAX_TEXT or self.answer.size > MAX_ANSWER:
            yield Problem(
                "spf_long",
                "warning",
                Text(
                    _(
                        "The record has %(octets)s octets, the answer with all TXT records of the "
                        "domain %(answer)s; some receivers have trouble with more than 512."
                    ),
                    octets=octets,
                    answer=self.answer.size,
                ),
            )

    def for_provider(self):
        """Return the result of the check `spf_esp`.

        Facts: addresses (those tried), passed (of them), result (of the first that did not pass,
        else "pass"), term (of the domain's record, by which it was decided).
        """
        name = self._context.expectations.provider
        facts = {"addresses": [], "passed": [], "result": None, "term": None}
        if self.provider is None:
            return conclude(
                "spf_esp",
                [
                    Problem(
                        "spf_esp_not_known",
                        "info",
                        Text(
                            _(
                                "Enter what %(provider)s wants in the SPF record to have it checked."
                            ),
                            provider=name,
                        ),
                    )
                ],
                base="info",
                facts=facts,
            )
        if self.answer.failed:
            return conclude("spf_esp", [unanswered(self.answer)], facts=facts)
        verdicts = {
            address: check_host(self._resolver, address, self._domain)
            for address in self.provider.addresses
        }
        passed = [address for address, verdict in verdicts.items() if verdict.result == "pass"]
        facts |= {"addresses": list(verdicts), "passed": passed}
        problems = list(self._provider_problems(verdicts, passed, facts))
        expected = Text("%(terms)s", terms=" ".join(term.text for term in self.provider.terms))
        wrong = any(problem.status in ("fail", "warning") for problem in problems)
        return conclude(
            "spf_esp",
            problems,
            found=listed(self.texts) if self.texts else absence_of_spf(self.answer),
            expected=expected,
            facts=facts,
            records=self._records(wrong),
        )

    def _provider_problems(self, verdicts, passed, facts):
        name = self._context.expectations.provider
        refused = next((v for v in verdicts.values() if v.result != "pass"), None)
        verdict = refused or next(iter(verdicts.values()), None)
        if verdict is not None:
            facts["result"] = verdict.result
            facts["term"] = verdict.term.text if verdict.term else None
        if verdict is None and self._named_plainly():
            # Nothing to try it with; all that can be said is that it is there.
            facts["result"] = "named"
            yield self._provider_silent()
        elif verdict is None and self.texts and self.provider.error:
            yield self._provider_silent()
        elif refused is None and verdict is not None:
            if not self._named():
                yield Problem(
                    "spf_esp_copied",
                    "info",
                    Text(
                        _(
                            "The servers of %(provider)s pass by addresses that were copied into the "
                            "record; when they change, mail fails. Better name “%(terms)s”."
                        ),
                        provider=name,
                        terms=" ".join(term.text for term in self.provider.terms),
                    ),
                )
        elif verdict is not None and verdict.result == "temperror":
            yield Problem(
                "unanswered",
                "unknown",
                Text(
                    _("%(name)s: %(reason)s. Check again later."),
                    name=verdict.name,
                    reason=Text(ERRORS[verdict.error]),
                ),
            )
        elif passed:
            yield Problem(
                "spf_esp_partly",
                "warning",
                Text(
                    _(
                        "Only %(passed)s of %(all)s networks of %(provider)s pass: name “%(terms)s”."
                    ),
                    passed=len(passed),
                    all=len(verdicts),
                    provider=name,
                    terms=" ".join(term.text for term in self.provider.terms),
                ),
            )
        else:
            yield self._refusal(verdict, name)

    def _provider_silent(self):
        return Problem(
            "spf_esp_silent",
            "unknown",
            Text(
                _("The servers of %(provider)s could not be found out: “%(terms)s” leads to none."),
                provider=self._context.expectations.provider,
                terms=" ".join(term.text for term in self.provider.terms),
            ),
        )

    def _wanted(self):
        return {term.text.lower() for term in self.provider.terms}

    def _named(self):
        """Tell whether the provider's terms are anywhere in the tree."""
        texts = {
            term.text.lstrip("+").lower()
            for tree in self.trees
            for record, _path in tree.records()
            for term in record.terms
        }
        return self._wanted() <= texts

    def _named_plainly(self):
        return len(self.trees) == 1 and not self.trees[0].record.mistakes and self._named()

    def _refusal(self, verdict, name):
        """Return the `Problem` of a provider that does not pass: why."""
        code, template = self._reason(verdict)
        return Problem(
            code,
            "fail",
            Text(
                template,
                provider=name,
                terms=" ".join(term.text for term in self.provider.terms),
                term=verdict.term.text if verdict is not None and verdict.term else "",
                name=(verdict.name if verdict is not None else None) or self._domain,
            ),
        )

    def _reason(self, verdict):
        if not self.texts:
            return "spf_esp_no_record", _(
                "Without an SPF record the servers of %(provider)s are not allowed to send."
            )
        if verdict is not None and verdict.result == "permerror":
            if verdict.error == "lookups":
                return "spf_esp_past_limit", _(
                    "Receivers give up before they come to the servers of %(provider)s: the record "
                    "needs more than 10 look-ups."
                )
            return "spf_esp_invalid", _(
                "Receivers ignore the SPF record because of a mistake at %(name)s, so the servers of "
                "%(provider)s do not pass."
            )
        record = self.trees[0].record
        wanted = self._wanted()
        if any(term.text.lstrip("+-~?").lower() in wanted for term in record.after_all):
            return "spf_esp_after_all", _(
                "“%(terms)s” is behind “%(term)s”, where it has no effect: move it to the front."
            )
        for term in record.terms:
            if term.text.lstrip("+-~?").lower() in wanted:
                if term.qualifier != "+":
                    return "spf_esp_qualifier", _(
                        "A sign in front of “%(terms)s” takes away its effect: remove it."
                    )
                return "spf_esp_earlier", _(
                    "“%(term)s” comes first and decides: move “%(terms)s” in front of it."
                )
        if record.all and record.redirect and record.redirect.target:
            target = record.redirect.target.lower()
            if any(target == (term.target or "").lower() for term in self.provider.terms):
                return "spf_esp_redirect_ignored", _(
                    "The redirect has no effect beside “%(term)s”: add “%(terms)s” instead."
                )
        return "spf_esp_missing", _(
            "The servers of %(provider)s are not in the SPF record: add “%(terms)s”."
        )


_STATES = {
    "none": (
        "spf_include_none",
        "fail",
        _(
            "“%(term)s” (in %(domain)s) names a domain without SPF record, which makes yours invalid."
        ),
    ),
    "several": (
        "spf_include_several",
        "fail",
        _(
            "“%(term)s” (in %(domain)s) names a domain with several SPF records; yours is invalid then."
        ),
    ),
    "syntax": (
        "spf_include_syntax",
        "fail",
        _(
            "“%(term)s” (in %(domain)s) names a record with a mistake in it, which makes yours invalid."
        ),
    ),
    "loop": ("spf_loop", "fail", _("The record leads back to itself: %(path)s.")),
    "mx": (
        "spf_too_many_mx",
        "fail",
        _("“%(term)s” (in %(domain)s) leads to more than 10 mail servers, which is not allowed."),
    ),
    "error": (
        "unanswered",
        "unknown",
        _("“%(term)s” (in %(domain)s): %(reason)s. Check again later."),
    ),
    "macros": (
        "spf_macros",
        "info",
        _("“%(term)s” (in %(domain)s) depends on each mail and cannot be followed."),
    ),
    "beyond": (
        "spf_too_large",
        "fail",
        _("The record leads to so many others that “%(term)s” (in %(domain)s) was not followed."),
    ),
}
assert MAX_MX == 10  # named in the text above


def absence_of_spf(answer):
    """Return what is there when no SPF record is, as `Text`."""
    if answer.void:
        return absence(answer)
    return Text(
        _("%(name)s has %(count)s TXT records, none of which begins with %(version)s"),
        name=answer.name,
        count=len(answer.values),
        version=VERSION,
    )


def _path(tree, wanted):
    """Return the domains on the way to a branch, and its target."""
    for branch in tree.branches:
        if branch is wanted:
            return [tree.domain, branch.target or ""]
        if branch.tree:
            path = _path(branch.tree, wanted)
            if path:
                return [tree.domain, *path]
    return []


def _anybody(record):
    """Return the term of a record that lets anybody send, or None."""
    for term in record.effective:
        if term.qualifier == "+" and (
            term.name == "all" or (term.network is not None and term.network.prefixlen == 0)
        ):
            return term
        if term.name == "all":
            return None
    return None
