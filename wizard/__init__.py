# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import (
    mail_compose_message,
    mail_delivery_anonymization,
    mail_provider_exclusion,
    mail_provider_identity_add,
    mail_provider_missing_events,
    mail_provider_template_pick,
    mail_provider_test,
    mail_provider_webhook_register,
    mailing_mailing_test,
    privacy_lookup_wizard,
)
