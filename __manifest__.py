# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Mailjet and Aldeamo Mail Servers",
    "summary": "Send through Mailjet or Aldeamo and see what was delivered, opened and bounced",
    "version": "17.0.1.0.0",
    "category": "Marketing/Email Marketing",
    "author": "mail_mailjet_aldeamo contributors",
    "license": "LGPL-3",
    "depends": ["mass_mailing"],
    "external_dependencies": {"python": ["requests"]},
    "data": [
        "security/ir.model.access.csv",
        "security/mail_tracking_security.xml",
        "data/ir_cron.xml",
        "views/mail_tracking_views.xml",
        "views/ir_mail_server_views.xml",
        "views/mail_template_views.xml",
        "views/mailing_mailing_views.xml",
        "views/mailing_trace_views.xml",
        "views/res_config_settings_views.xml",
        "views/menus.xml",
    ],
    "assets": {"web.assets_tests": ["mail_mailjet_aldeamo/static/tests/tours/**/*"]},
    "uninstall_hook": "uninstall_hook",
    "images": ["static/description/banner.png"],
}
