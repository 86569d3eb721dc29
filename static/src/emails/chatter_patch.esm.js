/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {Chatter} from "@mail/core/web/chatter";
import {EmailsDialog} from "./emails_dialog.esm";
import {ThreadService} from "@mail/core/common/thread_service";
import {_t} from "@web/core/l10n/translation";
import {iconOf} from "./looks.esm";
import {patch} from "@web/core/utils/patch";
import {useLiveEmails} from "./live.esm";
import {useService} from "@web/core/utils/hooks";

patch(ThreadService.prototype, {
    async fetchData(thread) {
        const result = await super.fetchData(...arguments);
        if (result && "emails" in result) {
            thread.emails = result.emails;
        }
        return result;
    },
});

patch(Chatter.prototype, {
    setup() {
        super.setup(...arguments);
        this.dialogService = useService("dialog");
        useLiveEmails(
            () => this.emails && this.state.thread,
            (changed) => this.followEmails(changed)
        );
    },

    /** Number and last status of the document's emails; nothing if it has none. */
    get emails() {
        const {count, latest} = this.state.thread?.emails || {};
        return count && {count, label: latest.label, icon: iconOf(latest.code)};
    },

    get emailsTitle() {
        return _t("Emails: %(count)s. Status of the last email: %(status)s", {
            count: this.emails.count,
            status: this.emails.label,
        });
    },

    followEmails({model, id}) {
        const {thread} = this.state;
        if (thread.model === model && thread.id === id) {
            this.threadService.fetchData(thread, ["emails"]);
        }
    },

    openEmails() {
        const {model, id} = this.state.thread;
        this.dialogService.add(EmailsDialog, {thread: {model, id}});
    },
});
