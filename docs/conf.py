"""How Sphinx builds the documentation: `make docs`."""

import ast
from pathlib import Path

_MANIFEST = ast.literal_eval((Path(__file__).parent.parent / "__manifest__.py").read_text())

project = _MANIFEST["name"]
author = _MANIFEST["author"]
copyright = f"2026, {author}"  # noqa: A001 - Sphinx's name for it
version = release = _MANIFEST["version"]
html_theme = "alabaster"
html_theme_options = {"description": _MANIFEST["summary"], "page_width": "1100px"}
html_show_sourcelink = False
