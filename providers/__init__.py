# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the addon knows about each e-mail service provider. Pure Python, without Odoo.

To add a provider: a folder beside these files, and its class in `PROVIDERS`; see
docs/adding-a-provider.rst.
"""

from .aldeamo import Aldeamo
from .mailjet import Mailjet

PROVIDERS = {provider.code: provider for provider in (Mailjet(), Aldeamo())}


def provider_choices() -> list[tuple[str, str]]:
    """Return code and name of each provider."""
    return [(provider.code, provider.name) for provider in PROVIDERS.values()]
