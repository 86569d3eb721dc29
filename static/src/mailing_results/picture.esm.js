/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {count, rate, share} from "./format.esm";
import {OUTCOME_COLORS} from "../delivery_report/colors.esm";
import {_t} from "@web/core/l10n/translation";

const WIDTH = 1000;
const MARGIN = 40;
const LINE = 38;
const CHART = 320;
// Positions of the columns, and width of a bar of 100 %
const COLUMNS = {bar: 260, count: 660, rate: 770, average: 880};
const BAR = 360;
const INK = "#212529";
const MUTED = "#6c757d";

/** Draw the figures and the hours on one canvas. */
function draw(results, average, chart) {
    const canvas = document.createElement("canvas");
    canvas.width = WIDTH;
    canvas.height = 3 * MARGIN + LINE * (results.figures.length + 2) + CHART;
    const context = canvas.getContext("2d");
    const write = (text, x, y, color = INK, font = "16px sans-serif") => {
        Object.assign(context, {fillStyle: color, font});
        context.fillText(text, x, y);
    };
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    write(results.title, MARGIN, MARGIN + 10, INK, "bold 24px sans-serif");
    let y = MARGIN + 2 * LINE;
    write(_t("Emails"), COLUMNS.count, y, MUTED);
    write(_t("Rate"), COLUMNS.rate, y, MUTED);
    write(_t("Average"), COLUMNS.average, y, MUTED);
    for (const figure of results.figures) {
        y += LINE;
        write(figure.label, MARGIN, y);
        context.fillStyle = "#e9ecef";
        context.fillRect(COLUMNS.bar, y - 14, BAR, 16);
        context.fillStyle = OUTCOME_COLORS["2_opened"];
        context.fillRect(COLUMNS.bar, y - 14, (BAR * share(figure)) / 100, 16);
        write(count(figure.count), COLUMNS.count, y);
        write(rate(figure.rate), COLUMNS.rate, y);
        write(rate(average(figure)), COLUMNS.average, y, MUTED);
    }
    if (chart) {
        context.drawImage(chart, MARGIN, y + MARGIN, WIDTH - 2 * MARGIN, CHART);
    }
    return canvas;
}

/**
 * Save the results as a picture.
 *
 * @param {Object} results of `get_results`
 * @param {Function} average figure -> percent, or null
 * @param {HTMLElement} page with the chart
 */
export function download(results, average, page) {
    const link = document.createElement("a");
    link.href = draw(results, average, page.querySelector("canvas")).toDataURL("image/png");
    link.download = `${results.title}.png`;
    link.click();
}
