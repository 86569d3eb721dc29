# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import (
    ir_http,
    ir_mail_server,
    ir_mail_server_priority,
    ir_mail_server_webhook,
    mail_blacklist,
    mail_mail,
    mail_message,
    mail_notification,
    mail_thread,
    mail_tracking,
    mail_tracking_failure,
    mail_tracking_intake,
    mail_tracking_job,
    mail_tracking_match,
    mail_tracking_subscription,
    mailing_list,
    mailing_mailing,
    mailing_subscription,
    mailing_trace,
    res_config_settings,
)
