/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

/** Outcome of an email -> its colour: green for read, red for failed. */
export const OUTCOME_COLORS = {
    "1_clicked": "#14605a",
    "2_opened": "#2e9e8f",
    "3_delivered": "#9ed8cf",
    "4_sent": "#9fb7d4",
    "5_soft": "#f0b04f",
    "6_hard": "#c0392b",
    "7_failed": "#7d2a3b",
    "8_waiting": "#c9ced6",
    "9_canceled": "#8d939c",
};
