/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {Component, useRef, useState} from "@odoo/owl";
import {ICONS} from "./looks.esm";
import {ViewButton} from "@web/views/view_button/view_button";
import {_t} from "@web/core/l10n/translation";
import {deserializeDateTime} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** The steps of setting up a mail server: their states, and which one is next. */
export class MailServerChecklist extends Component {
    setup() {
        this.root = useRef("root");
        this.state = useState({isOpen: false});
        this.icons = ICONS;
    }

    get steps() {
        const checklist = this.props.record.data[this.props.name];
        return checklist ? checklist.steps : [];
    }

    get hasNext() {
        return this.steps.some((step) => step.is_next);
    }

    /** If all steps are done, show only the summary. */
    get isOpen() {
        return this.hasNext || this.state.isOpen;
    }

    get summary() {
        const wanted = this.steps.filter((step) => step.state !== "optional");
        const right = wanted.filter((step) => step.state === "right");
        return _t("%s of %s steps are done.", right.length, wanted.length);
    }

    get testLabel() {
        return _t("Send Test Email");
    }

    get worst() {
        const states = this.steps.map((step) => step.state);
        return ["wrong", "todo", "unknown"].find((state) => states.includes(state)) || "right";
    }

    age(step) {
        return deserializeDateTime(step.as_of).toRelative();
    }

    /** Open the page of the form with the details of a step. */
    show(step) {
        const form = this.root.el.closest(".o_form_renderer");
        const tab = form.querySelector(`.o_notebook .nav-link[name="${step.page}"]`);
        if (tab) {
            tab.click();
            tab.focus();
            tab.scrollIntoView({block: "start"});
        }
    }
}

MailServerChecklist.template = "mail_mailjet_aldeamo.Checklist";
MailServerChecklist.components = {ViewButton};
MailServerChecklist.props = {...standardFieldProps};

registry.category("fields").add("mail_server_checklist", {
    component: MailServerChecklist,
    supportedTypes: ["json"],
});
