/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {registry} from "@web/core/registry";

const see = (content, trigger) => ({content, trigger, isCheck: true});

/** Events that were lost are fetched on the tab Webhook. */
registry.category("web_tour.tours").add("mail_mailjet_aldeamo_missing_events", {
    test: true,
    steps: () => [
        {content: "Open the webhook", trigger: ".o_notebook a[name='webhook']"},
        {content: "Fetch", trigger: "button[name='action_fetch_missing_events']"},
        see("A time is proposed", ".o_field_widget[name='date_from'] input:propValueContains('/')"),
        {content: "Of that time", trigger: "button[name='action_fetch']"},
        see("One was found", ".o_notification:contains('Missing events fetched from Mailjet: 1')"),
        see("The page says so", "div.text-muted:contains('Last fetched on'):visible"),
    ],
});

/** A blacklisted address is excluded at Mailjet, too. */
registry.category("web_tour.tours").add("mail_mailjet_aldeamo_exclusion", {
    test: true,
    steps: () => [
        {content: "Ask Mailjet", trigger: "button[name='action_ask_provider']"},
        see("It is excluded", ".o_data_row:contains('Excluded')"),
        see("What that means", ".modal-body:contains('campaigns that are made in Mailjet')"),
        {content: "Allow it", trigger: "button[name='action_allow']"},
        see("It isn't any more", ".o_data_row:contains('Not excluded')"),
        {content: "Close", trigger: "button:contains('Close')"},
    ],
});

/** A mailing comes from an address that its server's account doesn't know. */
registry.category("web_tour.tours").add("mail_mailjet_aldeamo_send_from", {
    test: true,
    steps: () => [
        {content: "Open the settings", trigger: ".o_notebook a:contains('Settings')"},
        see("A warning", ".alert-warning:contains('will refuse this mailing'):visible"),
        see("A proposal", ".alert-warning:contains('hola@tienda.example'):visible"),
        {content: "Take it", trigger: "button[name='action_use_proposed_sender']"},
        see(
            "It is taken",
            ".o_field_widget[name='email_from'] input:propValueContains('hola@tienda.example')"
        ),
        see("No warning", "body:not(:has(.alert:contains('will refuse this mailing'):visible))"),
    ],
});
