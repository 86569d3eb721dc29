/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {Component} from "@odoo/owl";
import {deserializeDateTime} from "@web/core/l10n/dates";
import {iconOf} from "./looks.esm";

const {DateTime} = luxon;

/** The history of an email: one line for each step, with its time. */
export class EmailSteps extends Component {
    static template = "mail_mailjet_aldeamo.EmailSteps";
    static props = {steps: Array};

    setup() {
        this.iconOf = iconOf;
    }

    time(step) {
        return deserializeDateTime(step.time).toLocaleString(DateTime.DATETIME_MED);
    }
}
