/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {registry} from "@web/core/registry";

const see = (content, trigger) => ({content, trigger, isCheck: true});
const state = (name, word) =>
    `.o_data_row:contains('Aldeamo Sandbox') td[name='${name}']:contains('${word}')`;
const tours = registry.category("web_tour.tours");

/** A marketer looks at her mailing while the key is refused. */
tours.add("mail_mailjet_aldeamo_stop_marketer", {
    test: true,
    steps: () => [
        see(
            "Her mails wait",
            ".alert-warning:contains('Waiting emails of this mailing: 1.'):contains('were notified'):visible"
        ),
    ],
});

/** An administrator has an activity, finds out what it is, and mends it. */
tours.add("mail_mailjet_aldeamo_stop_admin", {
    test: true,
    steps: () => [
        see("The server doesn't send", state("sending_state", "Wrong")),
        see("Of events nothing is known yet", state("events_state", "To Do")),
        {
            content: "Activities",
            trigger: ".o_menu_systray i[aria-label='Activities']",
        },
        {
            content: "The stop",
            trigger: ".o-mail-ActivityGroup:contains('Stop of a Mail Server')",
        },
        {
            content: "Open it",
            trigger: ".o_data_row:contains('No emails have been sent') td[name='reason']",
        },
        {
            content: "To the server",
            trigger: "button[name='action_open_server']",
        },
        see("It says so", ".alert-danger:contains('No emails are sent'):visible"),
        {
            content: "The right password",
            trigger: ".o_field_widget[name='smtp_pass'] input",
            run: "text aldeamo-password",
        },
        {content: "Save", trigger: ".o_form_button_save"},
        see("Nothing stands in the way", ".o_form_saved:not(:has(.alert-danger:visible))"),
        {content: "Sending", trigger: ".o_notebook a[name='sending']"},
        see(
            "It isn't known yet",
            ".o_field_widget[name='sending_state']:contains('Not Known'):visible"
        ),
        {content: "Send what waits", trigger: "button[name='action_send_waiting']:visible"},
        see("They are sent", ".o_notification:contains('sends the waiting emails now')"),
    ],
});

/** Afterwards. */
tours.add("mail_mailjet_aldeamo_stop_over", {
    test: true,
    steps: () => [
        see("It sends", state("sending_state", "Right")),
        {content: "As cards", trigger: ".o_switch_view.o_kanban"},
        see(
            "Here, too",
            ".o_kanban_record:contains('Aldeamo Sandbox') " +
                ".o_field_widget[name='sending_state']:contains('Right')"
        ),
        {content: "Open it", trigger: ".o_kanban_record:contains('Aldeamo Sandbox')"},
        {content: "The webhook", trigger: ".o_notebook a[name='webhook']"},
        {
            content: "A figure of its health",
            trigger: "button[name='action_view_trackings']:has([name='tracking_failed_count'])",
        },
        see("Its records", ".o_list_view .o_view_nocontent, .o_view_nocontent"),
    ],
});
