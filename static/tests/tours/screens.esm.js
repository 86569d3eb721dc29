/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

const PATIENCE = 15000;
// Parts of Odoo's own, which it has everywhere.
const OF_ODOO = [
    ...[".o_list_record_selector", ".o_list_actions_header", ".o_list_activity_cell"],
    ...[".o_list_table .form-check-input", "[searchabletext]", ".o_notebook_headers", ".o_optional_columns_dropdown"],
];

async function axe() {
    if (!window.axe) {
        const script = document.createElement("script");
        script.src = new URLSearchParams(window.location.search).get("axe");
        const isLoaded = new Promise((resolve) => script.addEventListener("load", resolve));
        document.head.append(script);
        await isLoaded;
    }
    return window.axe;
}

/** Return what is seriously wrong with a part of the page as assistive technology meets it. */
export async function serious(selector) {
    const found = await (await axe()).run(
        {
            include: [[selector]],
            exclude: OF_ODOO.filter((one) => document.querySelector(one)).map((one) => [one]),
        },
        {resultTypes: ["violations"]}
    );
    return found.violations
        .filter((violation) => ["serious", "critical"].includes(violation.impact))
        .map(({id, nodes}) => `${id}: ${nodes.map((node) => node.html).join("\n")}`);
}

/** Return what of a part has to be scrolled sideways. */
function wide(selector) {
    const part = document.querySelector(selector);
    return [part, ...part.querySelectorAll("*")]
        .filter(
            (element) =>
                // On a phone, Odoo's own lists of records are scrolled, and so is this table.
                !element.closest(".o_list_view, .o_mailing_results_wide") &&
                element.scrollWidth > element.clientWidth + 1 &&
                ["auto", "scroll"].includes(getComputedStyle(element).overflowX)
        )
        .map((element) => `too wide: ${element.className}`);
}

/** Return the ancestor that hides the end of a part, which can't be scrolled into view. */
function unreachable(selector) {
    const part = document.querySelector(selector);
    let end = part.getBoundingClientRect().bottom;
    for (let one = part.parentElement; one; one = one.parentElement) {
        const {bottom} = one.getBoundingClientRect();
        const {overflowY} = getComputedStyle(one);
        if (overflowY === "hidden" && end > bottom + 1) {
            return [`can't be scrolled: ${one.className}`];
        }
        if (["auto", "scroll"].includes(overflowY)) {
            end = Math.min(end, bottom);
        }
    }
    return [];
}

async function appears(selector) {
    const until = Date.now() + PATIENCE;
    while (Date.now() < until) {
        const element = [...document.querySelectorAll(selector)].find((one) => one.offsetParent);
        if (element) {
            return element;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`It doesn't appear: ${selector}`);
}

/** Open a screen, and return what is wrong with it. */
async function problems({action, clicks, part}) {
    const {services} = odoo.__WOWL_DEBUG__.root.env;
    try {
        await services.action.doAction(action, {clearBreadcrumbs: true});
        for (const selector of clicks) {
            (await appears(selector)).click();
        }
        await appears(part);
        const found = [...(await serious(part)), ...wide(part), ...unreachable(part)];
        await services.action.doAction({type: "ir.actions.act_window_close"});
        return found;
    } catch (error) {
        return [`${error.message} ${error.cause || ""}`];
    }
}

/**
 * Look at screens one after the other.
 *
 * @param {Object[]} screens `name`; `action` that opens it; `clicks`, what is clicked then;
 *     `part` of the page that is looked at: all of them are selectors
 */
export async function look(screens) {
    const said = [];
    for (const screen of screens) {
        const found = await problems(screen);
        said.push(...found.map((problem) => `${screen.name}: ${problem}`));
    }
    if (said.length) {
        console.error(said.join("\n\n"));
    } else {
        console.log("test successful");
    }
}
