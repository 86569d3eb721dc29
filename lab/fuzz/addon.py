"""The addon's parts that need no Odoo, under a package that doesn't load it."""

import sys
from types import ModuleType

from dev.paths import ROOT

# `webhook.server` imports `...providers`: both need a common parent, and the addon's own `__init__`
# imports Odoo.
PACKAGE = "addon_without_odoo"
_parent = ModuleType(PACKAGE)
_parent.__path__ = [str(ROOT)]
sys.modules[PACKAGE] = _parent
