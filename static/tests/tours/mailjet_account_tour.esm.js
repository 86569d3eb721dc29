/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {registry} from "@web/core/registry";

const DOMAIN = ".o_kanban_record:contains('tienda.example')";
const row = (address, state) =>
    `.o_data_row:contains('${address}@tienda.example'):contains('${state}')`;
const see = (content, trigger) => ({content, trigger, isCheck: true});

/** From Mailjet's keys to the TXT record that the DNS must have. The address of the sandbox is
 * in the address bar: a tour gets no arguments. */
registry.category("web_tour.tours").add("mail_mailjet_aldeamo_account", {
    test: true,
    steps: () => [
        {content: "New server", trigger: ".o_list_button_add"},
        {
            content: "Choose Mailjet",
            trigger: ".o_field_widget[name='provider'] select",
            run: 'text "mailjet"',
        },
        see(
            "Mailjet's server is filled in",
            ".o_field_widget[name='smtp_host'] input:propValue('in-v3.mailjet.com')"
        ),
        {
            content: "Send through the API",
            trigger: ".o_field_widget[name='transport'] label:contains('REST API')",
        },
        {
            content: "The address of the API",
            trigger: ".o_field_widget[name='api_url'] input",
            run(actions) {
                actions.text(new URLSearchParams(window.location.search).get("sandbox"));
            },
        },
        {
            content: "Paste the API key",
            trigger: ".o_field_widget[name='smtp_user'] input",
            run: `text ${"5a".repeat(16)}`,
        },
        {
            content: "Paste the secret key",
            trigger: ".o_field_widget[name='smtp_pass'] input",
            run: `text ${"c3".repeat(16)}`,
        },
        {content: "Save, and check the keys", trigger: "button[name='action_check_keys']"},
        see("They are right", ".o_notification:contains('The credentials are correct')"),
        {content: "Open the account", trigger: ".o_notebook a[name='account']"},
        see("notifications@ is missing", row("notifications", "Missing")),
        see("bounce@ is missing", row("bounce", "Missing")),
        see("catchall@ is missing", row("catchall", "Missing")),
        see(
            "The page says so",
            ".alert-warning:contains('catchall@tienda.example'):contains('Validate their domain')"
        ),
        {
            content: "An address with a mailbox can be added by itself",
            trigger: `${row("hola", "Missing")} button[name='action_add']`,
        },
        see("What for is asked", ".o_field_widget[name='email_type']:contains('Bulk')"),
        {content: "Add it", trigger: "button[name='action_add']:contains('Add Address')"},
        see("It waits", row("hola", "To validate")),
        {
            content: "Have another mail sent",
            trigger: `${row("hola", "To validate")} button[name='action_send_activation_mail']`,
        },
        {content: "Add the domain", trigger: "button[name='action_add_domain']"},
        see(
            "It is proposed",
            ".o_field_widget[name='domain'] input:propValue('tienda.example')"
        ),
        {content: "Add it", trigger: "button[name='action_add']:contains('Add Domain')"},
        see("It waits for its record", `${DOMAIN}:contains('To validate')`),
        {
            content: "Catch what is copied: a browser without a window has no clipboard",
            trigger: `${DOMAIN} [name='txt_value'] button`,
            run() {
                navigator.clipboard.writeText = (text) => {
                    document.body.dataset.copied = text;
                    return Promise.resolve();
                };
            },
        },
        {content: "Copy the host", trigger: `${DOMAIN} [name='txt_name'] button`},
        see("The host was copied", "body[data-copied^='mailjet._'][data-copied$='.tienda.example']"),
        {content: "Check before it is published", trigger: `${DOMAIN} button[name='action_check']`},
        see("Not yet", ".o_notification:contains('TXT record wasn')"),
        see("It was looked for", `${DOMAIN}:contains('Last check')`),
        see("Still waiting", `${DOMAIN}:contains('To validate')`),
    ],
});

/** The record is published: from there to the registered webhook, and back and forth. */
registry.category("web_tour.tours").add("mail_mailjet_aldeamo_webhooks", {
    test: true,
    steps: () => [
        {content: "Open the account", trigger: ".o_notebook a[name='account']"},
        {content: "Check now", trigger: `${DOMAIN} button[name='action_check']`},
        see("The domain can be used", `${DOMAIN}:contains('Usable')`),
        see("notifications@ can be used", row("notifications", "Usable through its domain")),
        see("bounce@ can be used", row("bounce", "Usable through its domain")),
        see("catchall@ can be used", row("catchall", "Usable through its domain")),
        see("Nothing is left to do", ".alert-success:contains('All addresses'):visible"),
        {content: "Open the webhook", trigger: ".o_notebook a[name='webhook']"},
        {
            content: "Register",
            trigger: "button[name='action_register_webhooks']:contains('Register at the Provider')",
        },
        see("Somebody else gets the clicks", ".alert-warning:contains('receive no more events')"),
        see(
            "Who, without the password",
            ".o_data_row:contains('Clicked'):contains('Another system'):contains('https://***@crm.example/hook')"
        ),
        {
            content: "Replace",
            trigger: "button[name='action_register']:contains('Replace')",
        },
        see("Registered", ".alert-success:contains('for all events'):visible"),
        {
            content: "Unregister",
            trigger: "button[name='action_unregister_webhooks']",
        },
        {content: "Confirm", trigger: ".modal-footer .btn-primary"},
        see("Not registered", ".alert-info:contains('registered at the provider yet'):visible"),
        {
            content: "Look again",
            trigger: "button[name='action_register_webhooks']:contains('Register at the Provider')",
        },
        see("Nobody else is in the way", ".o_data_row:contains('Clicked'):contains('Not registered')"),
        {
            content: "Register again",
            trigger: "button[name='action_register']:contains('Register')",
        },
        see("Registered again", ".alert-success:contains('for all events'):visible"),
    ],
});
