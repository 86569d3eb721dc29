/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

const SENT = ["fa-paper-plane-o", "muted"];
const WAITING = ["fa-hourglass-half", "info"];
const FAILED = ["fa-exclamation", "danger"];

/**
 * Step of an e-mail -> icon and tone. The word is shown too, so that colours are not needed. The
 * icons are those that Odoo uses at its messages, if it has one.
 */
export const LOOKS = {
    handed_over: ["fa-share", "muted"],
    waiting: WAITING,
    calling: WAITING,
    accepted: SENT,
    sent: SENT,
    in_doubt: ["fa-question", "warning"],
    canceled: ["fa-ban", "muted"],
    deferred: ["fa-clock-o", "warning"],
    delivered: ["fa-check", "success"],
    opened: ["fa-envelope-open-o", "success"],
    clicked: ["fa-mouse-pointer", "success"],
    machine: ["fa-cogs", "muted"],
    bounced: FAILED,
    rejected: FAILED,
    failed: FAILED,
    complained: ["fa-flag", "danger"],
    unsubscribed: ["fa-bell-slash-o", "warning"],
    resubscribed: ["fa-bell-o", "success"],
    preferences: ["fa-sliders", "warning"],
    nothing: ["fa-ellipsis-h", "muted"],
};

/** Return the classes of an icon in a text. */
export function iconOf(code) {
    const [icon, tone] = LOOKS[code];
    return `${icon} text-${tone}`;
}
