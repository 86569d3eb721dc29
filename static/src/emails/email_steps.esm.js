/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {Component} from "@odoo/owl";
import {deserializeDateTime} from "@web/core/l10n/dates";

const {DateTime} = luxon;

/** What happened -> icon; the word stands beside it, so that nobody needs to know the colours. */
export const ICONS = {
    sent: "fa-paper-plane-o text-muted",
    delivered: "fa-check text-success",
    opened: "fa-envelope-open-o text-success",
    clicked: "fa-hand-pointer-o text-success",
    machine: "fa-cog text-muted",
    failed: "fa-exclamation-circle text-danger",
    complained: "fa-thumbs-o-down text-danger",
    unsubscribed: "fa-sign-out text-warning",
    canceled: "fa-ban text-muted",
    in_doubt: "fa-question-circle text-warning",
    waiting: "fa-hourglass-half text-muted",
    calling: "fa-hourglass-half text-muted",
};

/** What happened to an email, one thing a line, each with its time. */
export class EmailSteps extends Component {
    static template = "mail_mailjet_aldeamo.EmailSteps";
    static props = {steps: Array};

    setup() {
        this.icons = ICONS;
    }

    time(step) {
        return deserializeDateTime(step.time).toLocaleString(DateTime.DATETIME_MED);
    }
}
