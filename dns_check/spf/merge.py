# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The one SPF record to publish: what is there, mended, with the provider in it."""

from .evaluate import MAX_LOOKUPS
from .record import MECHANISMS, VERSION, parse

# How much a qualifier of `all` lets through. + is as little wanted as ~ is harmful.
_SOFTNESS = {"-": 0, "~": 1, "+": 1, "?": 2}
# What makes the records above it invalid, too; a void term only leads to nothing.
_BROKEN = frozenset(("none", "several", "syntax", "loop", "mx"))


def merged(texts, trees, provider):
    """Return the text of the record to publish, or None where no valid one can be made of it.

    :param list[str] texts: the domain's SPF records: none, one, or too many
    :param list[Tree] trees: theirs
    :param ProviderSpf provider: or None
    """
    wanted = list(provider.terms) if provider else []
    lookups = provider.tree.lookups if provider else 0
    names = {_key(term) for term in wanted}
    words = []
    ends = []
    redirect = None
    for text, tree in zip(texts, trees, strict=True):
        cost = {branch.term.text: branch for branch in tree.branches}
        record = parse(text)
        if record.all:
            ends.append(record.all.qualifier)
        for term in _mended(record):
            branch = cost.get(term.text)
            if term.name == "redirect":
                if not record.all and not _dead(branch):
                    redirect = redirect or term
                    lookups += branch.lookups if branch else 1
                continue
            if _key(term) in names or term.name == "ptr" or _dead(branch):
                continue
            names.add(_key(term))
            words.append(term.text)
            lookups += branch.lookups if branch else int(term.counted)
    if lookups > MAX_LOOKUPS:
        return None
    if redirect and not ends and len(texts) == 1:
        end = [redirect.text]
    else:
        if redirect and f"include:{redirect.target}".lower() not in names:
            words.append(f"include:{redirect.target}")
        softest = max(ends, key=_SOFTNESS.get, default="~")
        end = ["~all" if softest == "+" else f"{softest}all"]
    # The provider first: nothing before it can match with another qualifier.
    return " ".join([VERSION, *(term.text for term in wanted), *words, *end])


def _dead(branch):
    """Tell whether a term is better left out."""
    if branch is None:
        return False
    return branch.state == "void" or any(below.state in _BROKEN for below in branch.walk())


def _mended(record):
    """Yield the mechanisms and the redirect of a record, those with a known mistake mended."""
    repaired = {mistake.term: mistake.repaired for mistake in record.mistakes}
    for word in record.text[len(VERSION) :].split():
        text = repaired.get(word, word)
        name, equals, value = (text or "").partition("=")
        if equals and name.lower().lstrip("+-~?") in MECHANISMS:
            text = f"{name}:{value}"
        for term in parse(f"{VERSION} {text}").terms if text else ():
            if (term.name in MECHANISMS and term.name != "all") or term.name == "redirect":
                yield term


def _key(term):
    """Return what two terms have in common that allow the same senders, whatever they're worth."""
    return term.text.lstrip("+-~?").lower()
