/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {formatFloat, formatInteger} from "@web/views/fields/formatters";

export const count = (value) => formatInteger(value);

/** Percent, or a dash if the base is 0. */
export const rate = (value) =>
    typeof value === "number" ? `${formatFloat(value, {digits: [16, 1]})} %` : "–";

/** Width of a figure's bar in percent: all emails together are 100 %. */
export const share = ({code, count: emails, rate: percent}) =>
    code === "emails" && emails ? 100 : Math.min(100, percent || 0);
