/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

/** Status -> icon and colour. Words are shown too, so that colours are not needed. */
export const LOOKS = {
    ok: {icon: "fa-check-circle text-success", badge: "text-bg-success"},
    warning: {icon: "fa-exclamation-triangle text-warning", badge: "text-bg-warning"},
    fail: {icon: "fa-times-circle text-danger", badge: "text-bg-danger"},
    unknown: {icon: "fa-question-circle text-warning", badge: "text-bg-warning"},
    info: {icon: "fa-info-circle text-info", badge: "text-bg-info"},
    // Not checked yet
    none: {icon: "fa-circle-o text-muted", badge: ""},
};
