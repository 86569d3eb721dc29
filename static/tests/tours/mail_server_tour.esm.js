/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {registry} from "@web/core/registry";

/** An administrator sets up Aldeamo's server, from nothing to the copied webhook URL. */
registry.category("web_tour.tours").add("mail_mailjet_aldeamo_server", {
    test: true,
    steps: () => [
        {content: "New server", trigger: ".o_list_button_add"},
        {
            content: "Choose Aldeamo",
            trigger: "div[name='provider'] select, select#provider_0, .o_field_widget[name='provider'] select",
            run: 'text "aldeamo"',
        },
        {
            content: "The provider's server is filled in",
            trigger: ".o_field_widget[name='smtp_host'] input:propValue('email-smtp-2.aldeamo.com')",
            isCheck: true,
        },
        {
            content: "And its port",
            trigger: ".o_field_widget[name='smtp_port'] input:propValue('2589')",
            isCheck: true,
        },
        {
            content: "The user in Aldeamo's words",
            trigger: ".o_form_label:contains('User')",
            isCheck: true,
        },
        {
            content: "Enter the user",
            trigger: ".o_field_widget[name='smtp_user'] input",
            run: "text empresa",
        },
        {
            content: "Enter the password",
            trigger: ".o_field_widget[name='smtp_pass'] input",
            run: "text secreto",
        },
        {content: "Save", trigger: ".o_form_button_save"},
        {
            content: "Use it for mass mailing",
            trigger: "button[name='action_use_for_mass_mailing']",
        },
        {
            content: "It is the server of new mailings",
            trigger: ".o_form_view:contains('New mass mailings are sent through this server')",
            isCheck: true,
        },
        {content: "Open the webhook", trigger: ".o_notebook a[name='webhook']"},
        {
            content: "Aldeamo needs https",
            trigger: ".alert-warning:contains('https')",
            isCheck: true,
        },
        {
            content: "Catch what is copied: a browser without a window has no clipboard",
            trigger: ".o_field_widget[name='webhook_url']",
            run() {
                this.$anchor[0].ownerDocument.defaultView.navigator.clipboard.writeText = (text) => {
                    document.body.dataset.copied = text;
                    return Promise.resolve();
                };
            },
        },
        {
            content: "Copy the URL",
            trigger: ".o_field_widget[name='webhook_url'] .o_clipboard_button, .o_field_widget[name='webhook_url'] button",
        },
        {
            content: "The URL was copied",
            trigger: "body[data-copied*='/mail_provider/']",
            isCheck: true,
        },
    ],
});
