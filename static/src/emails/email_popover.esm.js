/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {Component, useState} from "@odoo/owl";
import {EmailSteps} from "./email_steps.esm";
import {useLiveEmails} from "./live.esm";
import {useService} from "@web/core/utils/hooks";

/** The outcome of a message's emails for each recipient; other messages have Odoo's popover. */
export class EmailPopover extends Component {
    static template = "mail_mailjet_aldeamo.EmailPopover";
    static components = {EmailSteps};
    static props = ["message", "emails", "onResend", "close"];

    setup() {
        this.orm = useService("orm");
        this.message = useState(this.props.message);
        this.state = useState({emails: this.props.emails});
        useLiveEmails(
            () => this.message.originThread,
            (changed) => this.follow(changed)
        );
    }

    async follow(changed) {
        if (changed.message_ids.includes(this.message.id)) {
            this.state.emails = await this.orm.silent.call("mail.message", "read_emails", [
                [this.message.id],
            ]);
        }
    }

    /** Recipients without an email: these have Odoo's own line. */
    get notificationsWithoutEmail() {
        const partners = this.state.emails.map((email) => email.partner_id);
        return this.message.notifications.filter(
            (notification) => !partners.includes(notification.persona?.id)
        );
    }

    get hasFailed() {
        return this.message.failureNotifications.length > 0;
    }

    resend() {
        this.props.close();
        this.props.onResend();
    }
}
