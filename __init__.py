# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import cli, controllers, models, report, wizard
from .hooks import uninstall_hook
