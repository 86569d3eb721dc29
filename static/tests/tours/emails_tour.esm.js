/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {accessible, see} from "./steps.esm";
import {registry} from "@web/core/registry";

const kind = (name) => `.o_email_timeline_step[data-kind='${name}']`;

const timeline = [
    see("Sent by Odoo", `${kind("handed_over")}:contains('Through Aldeamo, by SMTP')`),
    see("Opened by a person", `${kind("opened")}:contains('Opened 2 times'):contains('Gmail')`),
    see("Opened by a machine", `${kind("opened")}:contains('By a machine')`),
    see("Where the link leads", `${kind("clicked")} a[href='https://empresa.example/sale']`),
    see("In order", `${kind("clicked")}:last-child`),
    accessible(".o_email_timeline"),
];

registry.category("web_tour.tours").add("mail_mailjet_aldeamo_emails", {
    test: true,
    steps: () => [
        {
            content: "Search an address",
            trigger: ".o_searchview_input",
            run: "text ana@example.com",
        },
        {content: "By address", trigger: ".o_searchview_autocomplete li:first"},
        see("One is found", ".o_list_renderer:not(:has(.o_data_row:eq(1))) .o_data_row:contains('Opened')"),
        {content: "Open it", trigger: ".o_data_row .o_data_cell[name='address']"},
        ...timeline,
    ],
});

registry.category("web_tour.tours").add("mail_mailjet_aldeamo_emails_phone", {
    test: true,
    steps: () => [
        see("Status", ".o_kanban_record:contains('leo@example.com'):contains('Bounced')"),
        see("Cause", ".o_kanban_record:contains('leo@example.com'):contains('Mailbox full')"),
        see("Subject", ".o_kanban_record:contains('leo@example.com'):contains('Test message')"),
        {content: "Open it", trigger: ".o_kanban_record:contains('leo@example.com')"},
        see("What to do", `${kind("bounced")}:contains('What to do'):contains('another way')`),
        accessible(".o_email_timeline"),
        {
            content: "Nothing is off the screen",
            trigger: ".o_email_timeline",
            run() {
                const {scrollWidth, clientWidth} = document.documentElement;
                if (scrollWidth > clientWidth) {
                    throw new Error(`${scrollWidth} pixels are more than ${clientWidth}`);
                }
            },
        },
    ],
});

registry.category("web_tour.tours").add("mail_mailjet_aldeamo_anonymize", {
    test: true,
    steps: () => [
        see("The last status", ".oe_stat_button[name='action_view_deliveries']:contains('Opened')"),
        {content: "Actions", trigger: ".o_cp_action_menus .dropdown-toggle"},
        {
            content: "Make anonymous",
            trigger: ".o-dropdown--menu .o_menu_item:contains('Make Emails Anonymous')",
        },
        see("It is for good", ".o_mail_anonymization .alert:contains('undone')"),
        accessible(".o_mail_anonymization"),
        {content: "Yes", trigger: "button[name='action_anonymize']"},
        see("It is done", "body:not(:has(.modal))"),
    ],
});
