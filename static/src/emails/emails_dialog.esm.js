/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {Component, onWillStart, useState} from "@odoo/owl";
import {EmailSteps} from "./email_steps.esm";
import {Dialog} from "@web/core/dialog/dialog";
import {_t} from "@web/core/l10n/translation";
import {iconOf} from "./looks.esm";
import {useLiveEmails} from "./live.esm";
import {useService} from "@web/core/utils/hooks";

const PAGE = 40;

/** The emails of a document with their outcomes, the latest first. */
export class EmailsDialog extends Component {
    static template = "mail_mailjet_aldeamo.EmailsDialog";
    static components = {Dialog, EmailSteps};
    static props = {thread: Object, close: Function};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.iconOf = iconOf;
        this.title = _t("Emails");
        this.state = useState({emails: [], length: 0});
        useLiveEmails(
            () => this.props.thread,
            () => this.load(this.state.emails.length)
        );
        onWillStart(() => this.load(PAGE));
    }

    async load(limit) {
        const {model, id} = this.props.thread;
        Object.assign(
            this.state,
            await this.orm.silent.call(model, "read_emails", [[id]], {limit})
        );
    }

    loadMore() {
        return this.load(this.state.emails.length + PAGE);
    }

    async open(email) {
        await this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "mail.delivery",
            res_id: email.id,
            views: [[false, "form"]],
        });
        this.props.close();
    }
}
