# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import (
    test_access,
    test_addresses,
    test_any_order,
    test_apply,
    test_concurrency,
    test_dns_settings,
    test_emails,
    test_emails_tour,
    test_machines,
    test_mail_server,
    test_plans,
    test_privacy,
    test_readers,
    test_rejections,
    test_retention,
    test_samples,
    test_samples_mailjet,
    test_scripts_in_events,
    test_spool,
    test_subscriptions,
    test_template_variables,
    test_tour,
    test_translations,
    test_webhook,
)
