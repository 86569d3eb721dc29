"""The texts in every language: all there, in Odoo's words, with what is filled in."""

import ast
import json
import re
from pathlib import Path

import polib
import pytest

from dev.paths import ADDON, ROOT

I18N = ROOT / "i18n"
GLOSSARY = json.loads(Path(__file__).with_name("glossary.json").read_text())
PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\{.*?\}\}|</?\w+")
# What Spanish says to the reader is an imperative; an infinitive may still begin a sentence.
INFINITIVE = re.compile(r"(?:^|[.:;?!] )(?:No )?([A-ZÁÉÍÓÚ]?[a-záéíóúñ]+[aei]r)(?:l[aeo]s?)?\b")
NO_ORDERS = {"cualquier", "Volver"}
LAMBDAS = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def texts(language):
    """Return English → what is shown in a language, as Odoo loads its files."""
    shown = {}
    for name in {"es_419": ("es", "es_419")}.get(language, (language,)):
        shown |= {entry.msgid: entry.msgstr for entry in polib.pofile(I18N / f"{name}.po")}
    return shown


SHOWN = {language: texts(language) for language in ("es", "es_419", "it")}
TERMS = {entry.msgid for entry in polib.pofile(I18N / f"{ADDON}.pot")}


def word(pattern):
    """Return a pattern for whole words."""
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")


@pytest.mark.parametrize("language", ["es", "it"])
def test_a_language_is_complete(language):
    po = polib.pofile(I18N / f"{language}.po")
    assert {entry.msgid for entry in po.translated_entries()} == TERMS
    assert not po.untranslated_entries() + po.fuzzy_entries() + po.obsolete_entries()


def test_latin_america_has_only_what_it_says_otherwise():
    """Odoo loads es.po first."""
    po = polib.pofile(I18N / "es_419.po")
    assert {entry.msgid for entry in po} <= TERMS
    assert [entry.msgid for entry in po if entry.msgstr == SHOWN["es"][entry.msgid]] == []
    assert not po.untranslated_entries() + po.fuzzy_entries() + po.obsolete_entries()


@pytest.mark.parametrize("language", SHOWN)
def test_placeholders_are_kept(language):
    wrong = {
        english: shown
        for english, shown in SHOWN[language].items()
        if sorted(PLACEHOLDERS.findall(english)) != sorted(PLACEHOLDERS.findall(shown))
    }
    assert wrong == {}


@pytest.mark.parametrize("language", SHOWN)
def test_a_sentence_ends_as_in_english(language):
    """What follows a colon or a blank is a field of the form."""
    wrong = {
        english: shown
        for english, shown in SHOWN[language].items()
        if any(english.endswith(end) != shown.endswith(end) for end in (".", ":", "?", "…", " "))
    }
    assert wrong == {}


@pytest.mark.parametrize("language", SHOWN)
def test_labels_are_those_of_odoo(language):
    wrong = {
        english: SHOWN[language][english]
        for english, allowed in GLOSSARY["labels"].items()
        if english in TERMS and SHOWN[language][english] not in allowed[language]
    }
    assert wrong == {}


@pytest.mark.parametrize("english", GLOSSARY["within"])
@pytest.mark.parametrize("language", SHOWN)
def test_sentences_use_the_words_of_odoo(language, english):
    asked, wanted = word(english), re.compile(GLOSSARY["within"][english][language], re.IGNORECASE)
    texts = {text: shown for text, shown in SHOWN[language].items() if asked.search(text)}
    assert {text: shown for text, shown in texts.items() if not wanted.search(shown)} == {}


@pytest.mark.parametrize("language", SHOWN)
def test_words_that_odoo_does_not_use(language):
    """A word that stands in the English text as well is a name, as of a provider's menu."""
    wrong = {}
    for pattern in GLOSSARY["never"][language]:
        never = re.compile(word(pattern).pattern, re.IGNORECASE)
        for english, shown in SHOWN[language].items():
            found = [match for match in never.findall(shown) if match not in english]
            if found:
                wrong[shown] = found
    assert wrong == {}


@pytest.mark.parametrize("language", ["es", "es_419"])
def test_spanish_gives_no_orders_in_the_infinitive(language):
    orders = {}
    for english, shown in SHOWN[language].items():
        found = set(INFINITIVE.findall(shown)) - NO_ORDERS
        # A label is a name of something or of what a button does: no sentence, no full stop.
        if found and english.endswith((".", "?")):
            orders[shown] = found
    assert orders == {}


def python_files():
    """Yield the addon's files that run within Odoo."""
    for folder in ("models", "wizard", "controllers", "report"):
        yield from sorted((ROOT / folder).rglob("*.py"))
    yield ROOT / "hooks.py"


@pytest.mark.parametrize("path", list(python_files()), ids=lambda path: str(path.relative_to(ROOT)))
def test_odoo_finds_the_language_of_the_reader(path):
    """`_()` reads `self` of the function that calls it.

    Before Python 3.12 a comprehension is a function of its own, as a lambda and an inner function
    are in any version: there Odoo takes the language of the request, and without one, none.
    """
    assert list(calls_without_self(ast.parse(path.read_text()), None)) == []


def calls_without_self(node, function):
    """Yield the lines of the calls of `_()` in a function that has no argument `self`."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "_":
        arguments = function.args.args if isinstance(function, FUNCTIONS) else []
        if not arguments or arguments[0].arg != "self":
            yield node.lineno
    outside = []
    if isinstance(node, LAMBDAS) and hasattr(node, "generators"):
        outside = [node.generators[0].iter]  # is evaluated before
        yield from calls_without_self(outside[0], function)
    inner = node if isinstance(node, (*LAMBDAS, *FUNCTIONS)) else function
    for child in ast.iter_child_nodes(node):
        for one in ast.iter_child_nodes(child) if isinstance(child, ast.comprehension) else [child]:
            if one not in outside:
                yield from calls_without_self(one, inner)


def test_the_scan_finds_what_it_looks_for():
    source = """
def method(self):
    _("right")
    [_("wrong") for x in [_("right")] if _("wrong")]
    {x: y for x in (1,) for y in _("wrong")}
    map(lambda x: _("wrong"), ())
    def inner(x):
        return _("wrong")
def function(records):
    raise ValueError(_("wrong"))
"""
    lines = source.splitlines()
    found = set(calls_without_self(ast.parse(source), None))
    assert found == {n for n, line in enumerate(lines, 1) if "wrong" in line}
