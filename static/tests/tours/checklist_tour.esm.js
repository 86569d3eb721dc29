/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {accessible, see} from "./steps.esm";
import {registry} from "@web/core/registry";

const step = (code, state) => `.o_mail_checklist_step[data-step='${code}'][data-state='${state}']`;
const next = (code) => `.o_mail_checklist_step[data-step='${code}'][aria-current='step']`;
const primary = (code) => `${next(code)} button.btn-primary`;
const field = (name) => `.o_field_widget[name='${name}'] input`;
const shown = (number) => `.o_mail_test_step:eq(${number})[data-state='right']`;

let clicks = 0;

/** A step of the tour that is a click of the administrator's: they are counted. */
const click = (content, trigger, run = "click") => ({
    content,
    trigger,
    async run(actions) {
        clicks += 1;
        if (typeof run === "function") {
            await run(actions);
        } else if (run === "click") {
            await actions.click();
        } else {
            await actions.text(run);
        }
    },
});

function fail(message) {
    throw new Error(message);
}

/** Exactly one button of the form is a primary one. */
const onePrimary = () => ({
    content: "One primary button",
    trigger: ".o_form_renderer .o_mail_checklist",
    run() {
        const all = document.querySelectorAll(
            ".o_form_renderer .btn-primary:not(.o_clipboard_button)"
        );
        const buttons = [...all].filter((button) => button.offsetParent);
        if (buttons.length !== 1) {
            fail(`Primary buttons: ${buttons.map((button) => button.textContent)}`);
        }
    },
});

const begin = (provider) => [
    click("New server", ".o_list_button_add"),
    see("It says what to do", ".o_mail_checklist:contains('Choose the email provider')"),
    click("Choose the provider", ".o_field_widget[name='provider'] select", `"${provider}"`),
    see("What is next", `${next("keys")}:contains('Save and Check')`),
];

const keys = (user, password) => [
    {content: "Save without keys", trigger: primary("keys")},
    ...[user.label, password.label].map((label) =>
        see("In the provider's words", `.o_notification:contains('Invalid fields') li:contains('${label}')`)
    ),
    see("The label too", `.o_form_label:contains('${user.label}')`),
    click("Paste the user", field("smtp_user"), user.value),
    click("Paste the password", field("smtp_pass"), password.value),
    onePrimary(),
    click("Save and check", primary("keys")),
    see("They are right", step("keys", "right")),
    onePrimary(),
];

const dns = [
    click("Check the DNS", primary("dns")),
    see("All is right", ".o_mail_dns_page :contains('nueva.example')"),
    see("It was checked", ".o_mail_dns_check_all:not(:disabled) .fa-refresh:not(.fa-spin)"),
    click("Back", ".breadcrumb-item a:last, .o_back_button"),
    see("The DNS is right", step("dns", "right")),
    onePrimary(),
];

const test = [
    click("Send a test mail", primary("test")),
    accessible(".modal-dialog"),
    click("Send", "button[name='action_send']"),
    see("Sent by Odoo", shown(0)),
    see("Accepted", shown(1)),
    see("Delivered", shown(2)),
    see("Opened", shown(3)),
    accessible(".modal-dialog"),
    {
        content: "Say how many clicks it took",
        trigger: shown(3),
        async run() {
            await odoo.__WOWL_DEBUG__.root.env.services.orm.call(
                "ir.config_parameter",
                "set_param",
                ["checklist_tour_clicks", String(clicks)]
            );
        },
    },
    {content: "Close", trigger: ".modal-footer .btn-primary:contains('Close')"},
    see("All is right", ".o_mail_checklist_summary .text-success"),
    {content: "Show the steps", trigger: ".o_mail_checklist_summary button[aria-expanded]"},
    see("The test is right", step("test", "right")),
    accessible(".o_mail_checklist"),
];

registry.category("web_tour.tours").add("mail_mailjet_aldeamo_checklist_mailjet", {
    test: true,
    steps: () => [
        ...begin("mailjet"),
        ...keys(
            {label: "API key", value: "5a".repeat(16)},
            {label: "Secret key", value: "c3".repeat(16)}
        ),
        accessible(".o_mail_checklist"),
        see("The senders are missing", `${next("senders")}:contains('bounce@nueva.example')`),
        click("To the account", primary("senders")),
        click("Add the domain", "button[name='action_add_domain']"),
        click("Add it", "button[name='action_add']"),
        see("Its record is shown", ".o_kanban_record:contains('nueva.example') [name='txt_value']"),
        // The world publishes it.
        {
            content: "The record was published",
            trigger: ".o_kanban_record:contains('nueva.example')",
            run: () => new Promise((resolve) => setTimeout(resolve, 3000)),
        },
        click("Check now", ".o_kanban_record:contains('nueva.example') button[name='action_check']"),
        see("The senders are right", step("senders", "right")),
        onePrimary(),
        ...dns,
        click("Register the webhook", primary("webhook")),
        click("Register", "button[name='action_register']"),
        see("It is registered", step("webhook", "unknown")),
        ...test,
    ],
});

registry.category("web_tour.tours").add("mail_mailjet_aldeamo_checklist_aldeamo", {
    test: true,
    steps: () => [
        ...begin("aldeamo"),
        ...keys(
            {label: "User", value: "sandbox-aldeamo"},
            {label: "Password", value: "aldeamo-password"}
        ),
        accessible(".o_mail_checklist"),
        ...dns,
        click("To the URL", primary("webhook")),
        click("It was pasted", "button[name='action_note_webhook_entered']"),
        see("Somebody said so", step("webhook", "unknown")),
        onePrimary(),
        ...test,
    ],
});
