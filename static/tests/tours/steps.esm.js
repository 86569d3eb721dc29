/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {serious} from "./screens.esm";

export const see = (content, trigger) => ({content, trigger, isCheck: true});

/** Nothing serious is to be said of a part of the page as assistive technology meets it. */
export const accessible = (selector) => ({
    content: `Names and labels in ${selector}`,
    trigger: `${selector}:visible`,
    async run() {
        const found = await serious(selector);
        if (found.length) {
            throw new Error(found.join("\n\n"));
        }
    },
});
