/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {deserializeDateTime, formatDateTime} from "@web/core/l10n/dates";
import {Component} from "@odoo/owl";
import {LOOKS} from "../emails/looks.esm";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** The history of an e-mail, step by step. Odoo sends the texts, see `timeline`. */
export class EmailTimeline extends Component {
    static template = "mail_mailjet_aldeamo.EmailTimeline";
    static props = {...standardFieldProps};

    get label() {
        return _t("Timeline of this email");
    }

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

    /** Only web links: an e-mail may contain any other text as a link. */
    isWeb(link) {
        return /^https?:/i.test(link);
    }
}

registry.category("fields").add("email_timeline", {
    component: EmailTimeline,
    supportedTypes: ["json"],
});
