/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

/** State -> icon. The state is also shown as a word, so that colours are not needed. */
export const ICONS = {
    right: "fa-check-circle text-success",
    todo: "fa-circle-o text-info",
    wrong: "fa-times-circle text-danger",
    unknown: "fa-question-circle text-warning",
    optional: "fa-circle-o text-muted",
};
