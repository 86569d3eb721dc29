/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {deserializeDateTime, formatDateTime} from "@web/core/l10n/dates";
import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** Kind of a step -> icon and tone; its words stand beside it, so that nobody needs the colours. */
const LOOKS = {
    handed_over: ["fa-paper-plane-o", "muted"],
    accepted: ["fa-check", "muted"],
    waiting: ["fa-clock-o", "info"],
    in_doubt: ["fa-question", "warning"],
    canceled: ["fa-ban", "muted"],
    deferred: ["fa-clock-o", "warning"],
    delivered: ["fa-inbox", "success"],
    opened: ["fa-envelope-open-o", "success"],
    clicked: ["fa-mouse-pointer", "success"],
    bounced: ["fa-reply", "danger"],
    rejected: ["fa-times", "danger"],
    complained: ["fa-flag", "danger"],
    unsubscribed: ["fa-bell-slash-o", "warning"],
    resubscribed: ["fa-bell-o", "success"],
    preferences: ["fa-sliders", "warning"],
    nothing: ["fa-ellipsis-h", "muted"],
};

/** What became of an e-mail, step by step. The words come from Odoo, see `timeline`. */
export class EmailTimeline extends Component {
    static template = "mail_mailjet_aldeamo.EmailTimeline";
    static props = {...standardFieldProps};

    get steps() {
        return this.props.record.data[this.props.name] || [];
    }

    icon(step) {
        return LOOKS[step.kind][0];
    }

    tone(step) {
        return step.machine ? "muted" : LOOKS[step.kind][1];
    }

    time(value) {
        return formatDateTime(deserializeDateTime(value));
    }

    iso(value) {
        return deserializeDateTime(value).toISO();
    }

    /** A link may be anything that somebody wrote into an e-mail. */
    isWeb(link) {
        return /^https?:/i.test(link);
    }
}

registry.category("fields").add("email_timeline", {
    component: EmailTimeline,
    supportedTypes: ["json"],
});
