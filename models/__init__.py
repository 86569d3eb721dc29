# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import (
    cause_of_opt_out,
    ir_config_parameter,
    ir_cron,
    ir_http,
    ir_mail_server,
    ir_model,
    ir_websocket,
    mail_blacklist,
    mail_delivery,
    mail_dns_check,
    mail_mail,
    mail_message,
    mail_notification,
    mail_provider_identity,
    mail_provider_identity_activation,
    mail_provider_identity_file,
    mail_provider_stop,
    mail_provider_template,
    mail_provider_template_listed,
    mail_template,
    mail_thread,
    mail_thread_blacklist,
    mail_thread_emails,
    mail_tracking,
    mail_webhook_refusal,
    mailing_list,
    mailing_mailing,
    mailing_mailing_notice,
    mailing_mailing_sender,
    mailing_results,
    mailing_subscription,
    mailing_trace,
    res_config_settings,
    res_config_settings_dns,
)

# After the models that it extends
from . import empty_list  # isort: skip
