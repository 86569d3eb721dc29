/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {Component} from "@odoo/owl";
import {CopyButton} from "@web/views/fields/copy_clipboard/copy_button";
import {LOOKS} from "./looks.esm";
import {SpfTree} from "./spf_tree.esm";
import {_t} from "@web/core/l10n/translation";

/** A DNS record to publish, each part with a button that copies it. */
export class DnsRecord extends Component {
    setup() {
        this.copied = _t("Copied");
    }
}

DnsRecord.template = "mail_mailjet_aldeamo.DnsRecord";
DnsRecord.components = {CopyButton};
DnsRecord.props = {record: Object};

/** What one check found. */
export class DnsResult extends Component {
    get look() {
        return LOOKS[this.props.result.status];
    }

    get isOpen() {
        return ["fail", "warning"].includes(this.props.result.status);
    }

    /** The advice may be the same sentence. */
    get isFoundShown() {
        const {advice, found} = this.props.result;
        return found && !advice.includes(found);
    }

    /** The records have it, ready to copy. */
    get isExpectedShown() {
        const {expected, records} = this.props.result;
        return expected && !records.some((record) => expected.includes(record.value));
    }
}

DnsResult.template = "mail_mailjet_aldeamo.DnsResult";
DnsResult.components = {DnsRecord, SpfTree};
DnsResult.props = {
    result: Object,
    // The title of a check before whose record is the same.
    publishedBy: String,
    isLine: {type: Boolean, optional: true},
};
