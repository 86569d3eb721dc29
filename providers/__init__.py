# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What we know about each e-mail service provider. Pure Python: no Odoo in here.

To add a provider: one file beside these, and one line in `PROVIDERS`.
"""

from .aldeamo import Aldeamo
from .mailjet import Mailjet

PROVIDERS = {provider.code: provider for provider in (Mailjet(), Aldeamo())}
