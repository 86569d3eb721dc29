/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {registry} from "@web/core/registry";

/** A marketer chooses the provider's template by its name, after a look at it. */
registry.category("web_tour.tours").add("mail_mailjet_aldeamo_template_picker", {
    test: true,
    steps: () => [
        {content: "Settings", trigger: ".o_notebook a:contains('Settings')"},
        {
            content: "Choose a template",
            trigger: "button[name='action_pick_provider_template']",
        },
        {
            content: "Search by name",
            trigger: ".o_field_widget[name='template_id'] input",
            run: "text Bienv",
        },
        {
            content: "This one",
            trigger: ".o-autocomplete--dropdown-item:contains('Bienvenida (42)')",
        },
        {
            content: "That is how it looks",
            trigger: ".o_field_widget[name='preview'] iframe.o_readonly:not(.d-none)",
            run() {
                const frame = this.$anchor[0];
                if (frame.sandbox.contains("allow-scripts")) {
                    throw new Error("Foreign scripts may run");
                }
                if (!frame.contentDocument.body.innerText.includes("{{var:nombre}}")) {
                    throw new Error("The preview isn't shown");
                }
            },
        },
        {content: "Use it", trigger: "button[name='action_pick']"},
        {
            content: "It is in the mailing",
            trigger: "body:not(:has(.modal:visible)) .o_field_widget[name='provider_template'] input",
            run() {
                if (this.$anchor.val() !== "42") {
                    throw new Error(`The template is ${this.$anchor.val()}`);
                }
            },
        },
    ],
});
