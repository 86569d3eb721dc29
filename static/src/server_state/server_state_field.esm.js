/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {Component} from "@odoo/owl";
import {ICONS} from "../checklist/looks.esm";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** A state of a mail server as word, colour and icon; the field `<name>_reason` has the reason. */
export class ServerStateField extends Component {
    static template = "mail_mailjet_aldeamo.ServerStateField";
    static props = {...standardFieldProps, withReason: {type: Boolean, optional: true}};

    get state() {
        return this.props.record.data[this.props.name];
    }

    get icon() {
        return ICONS[this.state];
    }

    get word() {
        const words = new Map(this.props.record.fields[this.props.name].selection);
        return words.get(this.state);
    }

    get reason() {
        return this.props.record.data[`${this.props.name}_reason`] || "";
    }
}

registry.category("fields").add("server_state", {
    component: ServerStateField,
    supportedTypes: ["selection"],
    fieldDependencies: ({name}) => [{name: `${name}_reason`, type: "char"}],
    extractProps: ({options}) => ({withReason: options.with_reason}),
});
