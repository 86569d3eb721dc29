/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";

// Odoo's field -> the field that has the provider's word for it.
const LABELS = {smtp_user: "provider_user_label", smtp_pass: "provider_password_label"};

/** Calls the credentials what the provider calls them: in the labels, and where Odoo says which
 * fields are missing.
 */
export class MailServerFormController extends FormController {
    onWillLoadRoot(config) {
        super.onWillLoadRoot(...arguments);
        // The descriptions of the fields belong to all forms: this one has its own.
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
