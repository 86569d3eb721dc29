/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {accessible, see} from "./steps.esm";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const envelope = {
    content: "The envelope",
    trigger: ".o-mail-Message:contains('Hola') .o-mail-Message-notification i",
};
const step = (where, code, label) =>
    see(label, `${where} .o_mail_email_step[data-step='${code}']:contains('${label}'):has(time)`);
const POPOVER = ".o_mail_email_popover";
const DIALOG = ".modal-dialog";

tours.add("mail_mailjet_aldeamo_quotation_opened", {
    test: true,
    steps: () => [
        envelope,
        step(POPOVER, "sent", "Sent"),
        step(POPOVER, "delivered", "Delivered"),
        step(POPOVER, "opened", "Opened"),
        accessible(POPOVER),
        {
            content: "All emails",
            trigger: ".o_mail_emails_button:has([aria-label='Opened'])",
        },
        see("To whom", `${DIALOG} .o_mail_email:contains('@cliente.example'):contains('Hola')`),
        see("What became of it", `${DIALOG} .o_mail_email_status:contains('Opened')`),
        step(DIALOG, "opened", "Opened"),
        see("It isn't his to open", `${DIALOG}:not(:has(.o_mail_email button))`),
        accessible(DIALOG),
        {content: "Close", trigger: `${DIALOG} .modal-footer button`},
    ],
});

tours.add("mail_mailjet_aldeamo_quotation_bounced", {
    test: true,
    steps: () => [
        envelope,
        step(POPOVER, "failed", "Bounced permanently (hard)"),
        see("Cause", `${POPOVER} .o_mail_email_reason`),
        {content: "Do something about it", trigger: `${POPOVER} button`},
        see("Odoo's own dialog", ".modal-dialog:contains('Ana')"),
        {content: "Close", trigger: ".modal-dialog button:contains('Close'), .modal-dialog .btn-close"},
    ],
});

tours.add("mail_mailjet_aldeamo_other_notification", {
    test: true,
    steps: () => [
        envelope,
        see("Odoo's own popover", ".o-mail-MessageNotificationPopover:contains('Ana')"),
        see("And not ours", "body:not(:has(.o_mail_email_popover))"),
    ],
});

tours.add("mail_mailjet_aldeamo_no_emails", {
    test: true,
    steps: () => [
        see("The chatter", ".o-mail-Chatter-topbar:not(:has(.o_mail_emails_button))"),
        {content: "Write a note", trigger: ".o-mail-Chatter-logNote"},
        see("It works", ".o-mail-Composer-input"),
    ],
});

/** Three clicks: the contact, which is open; the reason; the email. */
tours.add("mail_mailjet_aldeamo_why_blocked", {
    test: true,
    steps: () => [
        {content: "Why?", trigger: "button[name='action_why_blocked']:visible"},
        see(
            "The reason",
            ".o_field_widget[name='opt_out_reason_id'] input:propValue('Reported an email as spam')"
        ),
        see("When", ".o_field_widget[name='opt_out_happened_at']:visible"),
        {
            content: "Which email it was",
            trigger: ".o_field_widget[name='opt_out_delivery_id'] a.o_form_uri",
        },
        see("It was opened and reported", ".o_form_view :contains('ana@cliente.example')"),
    ],
});
