/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {EmailPopover} from "./email_popover.esm";
import {Message} from "@mail/core/common/message";
import {patch} from "@web/core/utils/patch";
import {usePopover} from "@web/core/popover/popover_hook";
import {useService} from "@web/core/utils/hooks";

patch(Message.prototype, {
    setup() {
        super.setup(...arguments);
        this.orm = useService("orm");
        this.emailPopover = usePopover(EmailPopover, {
            position: "top",
            popoverClass: "o_mail_email_popover_box",
        });
    },

    get isSentByEmail() {
        return this.message.notifications.some(
            (notification) => notification.notification_type === "email"
        );
    },

    /** The envelope shows the outcome of emails that were sent through a provider. */
    async onClickNotification(ev) {
        const envelope = ev.target;
        const emails = this.isSentByEmail ? await this.readEmails() : [];
        if (emails.length) {
            const onResend = () => this.onClickFailure(ev);
            this.emailPopover.open(envelope, {message: this.message, emails, onResend});
        } else {
            super.onClickNotification(ev);
        }
    },

    async readEmails() {
        try {
            return await this.orm.silent.call("mail.message", "read_emails", [[this.message.id]]);
        } catch {
            return []; // Odoo's own popover needs no server
        }
    },
});
