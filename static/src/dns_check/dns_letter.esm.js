/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {Component, useState} from "@odoo/owl";
import {CopyButton} from "@web/views/fields/copy_clipboard/copy_button";
import {Dialog} from "@web/core/dialog/dialog";
import {_t} from "@web/core/l10n/translation";

/** A mail that asks for changes in the DNS, to copy. */
export class DnsLetterDialog extends Component {
    setup() {
        this.title = _t("Send These Records to a Colleague");
        this.copyText = _t("Copy the text");
        this.copied = _t("Copied");
        this.state = useState({body: this.props.letter.body});
    }

    get link() {
        const subject = encodeURIComponent(this.props.letter.subject);
        return `mailto:?subject=${subject}&body=${encodeURIComponent(this.state.body)}`;
    }
}

DnsLetterDialog.template = "mail_mailjet_aldeamo.DnsLetterDialog";
DnsLetterDialog.components = {CopyButton, Dialog};
DnsLetterDialog.props = {letter: Object, close: Function};
