/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {accessible, see} from "./steps.esm";
import {registry} from "@web/core/registry";

const PAGE = ".o_mailing_results_page";
const DOMAIN_COLUMNS = [1, 2, 4, 6, 8];
const parameters = new URLSearchParams(window.location.search);

function fail(message) {
    throw new Error(message);
}

function same(what, seen, expected) {
    if (JSON.stringify(seen) !== JSON.stringify(expected)) {
        fail(`${what}: ${JSON.stringify(seen)} and not ${JSON.stringify(expected)}`);
    }
}

const values = (row) => [...row.querySelectorAll("td")].map((cell) => cell.dataset.value);
const rowOf = (table, name) =>
    document.querySelector(`${PAGE} [data-table='${table}'] tr[data-name='${name}']`);

/** Every figure is what the provider's stand-in made happen. */
function compare() {
    const expected = JSON.parse(parameters.get("expected"));
    for (const [code, count] of Object.entries(expected.figures)) {
        const shown = document.querySelector(`${PAGE} [data-figure='${code}'] [data-count]`);
        same(code, Number(shown.dataset.count), count);
        same(`${code} as it reads`, Number(shown.textContent.replace(/\D/g, "")), count);
    }
    for (const [domain, counts] of Object.entries(expected.domains)) {
        const row = values(rowOf("domains", domain));
        same(domain, DOMAIN_COLUMNS.map((column) => Number(row[column])), counts);
    }
    for (const [link, count] of Object.entries(expected.links)) {
        same(link, Number(values(rowOf("link", link))[1]), count);
    }
    for (const table of ["client", "device", "country"]) {
        const rows = document.querySelectorAll(`${PAGE} [data-table='${table}'] tbody tr`);
        const sum = [...rows].map(values).reduce((all, row) => all + Number(row[1]) + Number(row[2]), 0);
        same(table, sum, expected.readers);
    }
    const failures = [...document.querySelectorAll(`${PAGE} .o_mailing_results_failure [data-count]`)];
    same(
        "failures",
        failures.reduce((all, shown) => all + Number(shown.dataset.count), 0),
        expected.figures.hard + expected.figures.soft + expected.figures.failed
    );
}

/** The picture is made where the browser saves it: what is saved there is looked at. */
async function picture(actions) {
    const saved = [];
    const click = HTMLAnchorElement.prototype.click;
    HTMLAnchorElement.prototype.click = function () {
        saved.push([this.download, this.href]);
    };
    try {
        await actions.click();
    } finally {
        HTMLAnchorElement.prototype.click = click;
    }
    const [[name, href]] = saved;
    same("name", name, "Ofertas de marzo.png");
    const image = new Image();
    image.src = href;
    await image.decode();
    if (image.width < 900 || image.height < 700 || href.length < 20000) {
        fail(`A picture of ${image.width} x ${image.height}, ${href.length} characters`);
    }
}

registry.category("web_tour.tours").add("mail_mailjet_aldeamo_results", {
    test: true,
    steps: () => [
        {
            content: "To the results",
            trigger: "button[name='action_view_results']",
            timeout: 60000, // the editor of the form is large
        },
        {
            ...see("The average came", `${PAGE} [data-figure='sent'] .o_mailing_results_average:contains('–')`),
            timeout: 60000,
        },
        {content: "Compare the figures", trigger: PAGE, run: compare},
        see("The hours", `${PAGE} .o_mailing_results_hours canvas`),
        accessible(PAGE),
        see("A spreadsheet", "a[href*='.xlsx?scope=mailing']"),
        {content: "A picture", trigger: ".o_mailing_results_picture", run: picture},
        see(
            "Nothing to retry for hard bounces",
            `${PAGE} .o_mailing_results_failure[data-kind='hard']:not(:has(button))`
        ),
        {content: "To the reports", trigger: "[data-menu-xmlid='mass_mailing.menu_mass_mailing_report']"},
        {content: "The report", trigger: "[data-menu-xmlid='mail_mailjet_aldeamo.mail_delivery_report_menu']"},
        see("A graph", ".o_graph_canvas_container canvas"),
        {content: "As a pivot", trigger: ".o_switch_view.o_pivot"},
        {
            content: "The sum of what was sent",
            trigger: ".o_pivot tbody tr:first td.o_pivot_cell_value:first",
            run() {
                const {figures} = JSON.parse(parameters.get("expected"));
                const cell = document.querySelector(".o_pivot tbody tr td.o_pivot_cell_value");
                same("sent", Number(cell.textContent.replace(/\D/g, "")), figures.sent);
            },
        },
        {content: "Back to the graph", trigger: ".o_switch_view.o_graph"},
        see("A graph again", ".o_graph_canvas_container canvas"),
        {content: "To the mailings", trigger: "[data-menu-xmlid='mass_mailing.mass_mailing_mailing_menu_email'], [data-menu-xmlid='mass_mailing.mass_mailing_menu']"},
        {content: "The mailing", trigger: ".o_kanban_record:contains('Ofertas de marzo'), .o_data_row:contains('Ofertas de marzo') td[name='subject']"},
        {content: "To its results", trigger: "button[name='action_view_results']"},
        {
            content: "Retry where it helps",
            trigger: `${PAGE} .o_mailing_results_failure[data-kind='soft'] button`,
        },
        see("It is in the queue", ".o_form_view [name='state'] [data-value='in_queue'][aria-checked='true'], .o_form_view .o_arrow_button_current[data-value='in_queue']"),
    ],
});
