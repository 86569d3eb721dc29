# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import (
    ir_cron,
    ir_http,
    ir_mail_server,
    ir_model,
    mail_blacklist,
    mail_delivery,
    mail_dns_check,
    mail_mail,
    mail_message,
    mail_notification,
    mail_provider_sender,
    mail_provider_template,
    mail_template,
    mail_thread,
    mail_thread_blacklist,
    mail_tracking,
    mailing_list,
    mailing_mailing,
    mailing_subscription,
    mailing_trace,
    res_config_settings,
    res_config_settings_dns,
)
