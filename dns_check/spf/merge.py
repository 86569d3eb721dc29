# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The one SPF record to publish: what is there, mended, with the provider in it."""

from .evaluate import MAX_LOOKUPS
from .record import MECHANISMS, VERSION, parse

# How much a qualifier of `all` lets through. + is as little wanted as ~ is harmful.
_SOFTNESS = {"-": 0, "~": 1, "+": 1, "?": 2}
_KEPT = frozenset((*MECHANISMS, "redirect")) - {"all", "ptr"}
# What makes the records above it invalid, too; a void term only leads to nothing.
_BROKEN = frozenset(("none", "several", "syntax", "loop", "mx"))


def merged(texts, provider, walk):
    """Return the text of the record to publish, or None where no valid one can be made of it.

    What leads to nothing, is broken or lets anybody send is left out, and so is `ptr`.

    :param list[str] texts: the domain's SPF records: none, one, or too many
    :param ProviderSpf provider: or None
    :param walk: function that returns the `Tree` of a record's text
    """
    wanted = provider.terms if provider else []
    terms, redirects, ends = _collected(texts, wanted)
    tree = walk(_joined(terms, redirects))
    branches = {branch.term.text: branch for branch in tree.branches}
    unwanted = {term.text for term in tree.anybody()}
    unwanted.update(text for text, branch in branches.items() if _dead(branch))
    terms = [term for term in terms if term.text not in unwanted]
    redirects = [term for term in redirects if term.text not in unwanted]
    lookups = sum(branches[t.text].lookups for t in (*terms, *redirects) if t.text in branches)
    if lookups + (provider.tree.lookups if provider else 0) > MAX_LOOKUPS:
        return None
    if not redirects:
        softest = max(ends, key=_SOFTNESS.get, default="~")
        redirects = parse(f"{VERSION} {'~' if softest == '+' else softest}all").terms
    # The provider first: nothing before it can match with another qualifier.
    return _joined([*wanted, *terms], redirects)


def _collected(texts, wanted):
    """Return what is worth keeping: terms, the redirect if it can stay one, qualifiers of `all`.

    :param list[Term] wanted: the provider's, which come anyway
    """
    terms, redirects, ends = {}, [], []
    for record in map(parse, texts):
        if record.all:
            ends.append(record.all.qualifier)
        for term in _mended(record):
            if term.name != "redirect":
                terms.setdefault(_key(term), term)
            elif not record.all:
                redirects.append(term)
    if len(texts) > 1 or ends:
        # Beside others, or an `all`, a redirect has no effect; an include has the same.
        included = [f"include:{redirect.target}" for redirect in redirects]
        for term in parse(" ".join([VERSION, *included])).terms:
            terms.setdefault(_key(term), term)
        redirects = []
    # Once is enough, also for what is both included and redirected to.
    superfluous = {f"include:{redirect.target}".lower() for redirect in redirects}
    superfluous.update(_key(term) for term in wanted)
    return [terms[key] for key in terms if key not in superfluous], redirects, ends


def _joined(terms, end):
    return " ".join([VERSION, *(term.text for term in (*terms, *end))])


def _dead(branch):
    """Tell whether a term leads to nothing, or makes the record invalid."""
    return branch.state == "void" or any(below.state in _BROKEN for below in branch.walk())


def _mended(record):
    """Yield the terms of a record that are worth keeping, those with a known mistake mended."""
    repaired = {mistake.term: mistake.repaired for mistake in record.mistakes}
    for word in record.text[len(VERSION) :].split():
        text = repaired.get(word, word)
        name, equals, value = (text or "").partition("=")
        if equals and name.lower().lstrip("+-~?") in MECHANISMS:
            text = f"{name}:{value}"
        for term in parse(f"{VERSION} {text}").terms if text else ():
            if term.name in _KEPT:
                yield term


def _key(term):
    """Return what two terms have in common that allow the same senders, whatever they're worth."""
    return term.text.lstrip("+-~?").lower()
