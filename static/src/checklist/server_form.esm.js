/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {browser} from "@web/core/browser/browser";
import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";
import {useBus} from "@web/core/utils/hooks";

// Odoo's field -> the field with the provider's label for it
const LABELS = {
    smtp_user: "provider_user_label",
    smtp_pass: "provider_password_label",
    webhook_password: "provider_webhook_key_label",
};

/** Shows the provider's labels of the credentials, also in Odoo's message about missing fields.
 * When a dialog is closed, returns the focus to the button that opened it.
 */
export class MailServerFormController extends FormController {
    setup() {
        super.setup();
        useBus(this.ui.bus, "active-element-changed", ({detail}) => {
            if (detail === document) {
                browser.setTimeout(() => this.focusOpener());
            }
        });
    }

    beforeExecuteActionButton() {
        // Odoo disables the button meanwhile: it loses the focus.
        this.opener = document.activeElement;
        return super.beforeExecuteActionButton(...arguments);
    }

    focusOpener() {
        if (this.opener && document.activeElement === document.body) {
            this.opener.focus();
        }
        this.opener = null;
    }

    onWillLoadRoot(config) {
        super.onWillLoadRoot(...arguments);
        // Copied, because all forms share the descriptions of the fields.
        config.fields = {...config.fields};
        for (const [name, label] of Object.entries(LABELS)) {
            const field = this.props.fields[name];
            config.fields[name] = Object.defineProperty({...field}, "string", {
                enumerable: true,
                get: () => (this.model.root && this.model.root.data[label]) || field.string,
            });
        }
    }
}

registry.category("views").add("mail_server_form", {
    ...formView,
    Controller: MailServerFormController,
});
