"""What one provider is called, and what is its alone, stands in its folder only.

Whoever adds a provider then has one place to fill, and no text speaks of a provider to those who
use another one.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from providers import PROVIDERS
from providers.provider import Provider

ROOT = Path(__file__).parents[3]
ADDON = "mail_mailjet_aldeamo"  # its technical name: can't change
OTHER_NAMES = ("tellit", "clickpanda", "mjt.lu")  # that no preset of a provider has
# Not the product: the lab, the tests, and what is written for people who look for their provider.
NOT_PRODUCT = {
    *("dev", "lab", "tests", "docs", "i18n", "static/tests", "static/description"),
    *(f"providers/{code}" for code in PROVIDERS),
    "providers/__init__.py",  # the list of providers
    "static/src/img/providers",  # their logos
}
KINDS = {".py", ".xml", ".js", ".scss", ".css", ".sql", ".csv", ".svg"}
MANIFEST = ROOT / "__manifest__.py"
TITLES = ("name", "summary")  # of the manifest: by them the addon is found


def names_of(provider: Provider) -> Iterator[str]:
    """Yield what gives a provider away, in lower case: as a part of a word, too."""
    yield from (provider.code, provider.name.lower(), *provider.control_prefixes)
    urls = [f"//{provider.smtp.host}"] if provider.smtp else []
    urls += provider.api.urls if provider.api else ()
    for url in (*urls, *provider.pages.values()):
        yield (urlsplit(url).hostname or "").split(".")[-2]


def product_files() -> list[Path]:
    """Return the files of the product itself."""
    found = []
    for path in sorted(ROOT.rglob("*")):
        place = path.relative_to(ROOT)
        folders = {str(folder) for folder in (place, *place.parents)}
        if path.suffix in KINDS and not folders & NOT_PRODUCT and place.parts[0][0] != ".":
            found.append(path)
    return found


def text_of(path: Path) -> str:
    """Return what is searched of a file, in lower case."""
    text = path.read_text(encoding="utf-8")
    if path == MANIFEST:
        manifest = ast.literal_eval(text)
        text = repr({key: value for key, value in manifest.items() if key not in TITLES})
    return text.lower().replace(ADDON, "")


NAMES = {name for provider in PROVIDERS.values() for name in names_of(provider)} | {*OTHER_NAMES}
FILES = product_files()


def test_the_search_finds_something():
    assert {"mailjet", "aldeamo", "ckpnd", "x-mj-"} <= NAMES
    assert len(FILES) > 200
    assert {"models", "views", "static", "webhook"} <= {
        path.relative_to(ROOT).parts[0] for path in FILES
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_provider_is_named(path):
    lines = text_of(path).splitlines()
    named = [(line, name) for line in lines for name in NAMES if name in line]
    assert not named


@pytest.mark.parametrize("code", PROVIDERS)
def test_each_provider_has_a_logo(code):
    assert (ROOT / f"static/src/img/providers/{code}.svg").is_file()
