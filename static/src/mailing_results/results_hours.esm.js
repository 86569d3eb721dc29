/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {Component, onWillStart, useEffect, useRef} from "@odoo/owl";
import {OUTCOME_COLORS} from "../delivery_report/colors.esm";
import {_t} from "@web/core/l10n/translation";
import {loadBundle} from "@web/core/assets";

const MACHINES = {opened: "#c9ced6", clicked: "#8d939c"};

/** Opens and clicks of the first hours, by people and by machines only. */
export class ResultsHours extends Component {
    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                const chart = new window.Chart(this.canvas.el, this.config);
                return () => chart.destroy();
            },
            () => [this.props.hours]
        );
    }

    get label() {
        return _t("Emails that were opened and clicked, for each hour after sending");
    }

    get datasets() {
        const {opened, clicked} = this.props.hours;
        const all = [
            [_t("Opened"), opened.people, OUTCOME_COLORS["2_opened"], "opened"],
            [_t("Opened by machines only"), opened.machines, MACHINES.opened, "opened"],
            [_t("Clicked"), clicked.people, OUTCOME_COLORS["1_clicked"], "clicked"],
            [_t("Clicked by machines only"), clicked.machines, MACHINES.clicked, "clicked"],
        ];
        return all.map(([label, data, backgroundColor, stack]) => ({
            label,
            data,
            backgroundColor,
            stack,
        }));
    }

    get config() {
        const axis = (text) => ({stacked: true, title: {display: true, text}});
        return {
            type: "bar",
            data: {labels: this.props.hours.opened.people.map((_, hour) => hour), datasets: this.datasets},
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: {
                    tooltip: {
                        callbacks: {
                            title: ([item]) =>
                                _t("%s to %s hours after sending", item.label, Number(item.label) + 1),
                        },
                    },
                },
                scales: {
                    x: axis(_t("Hours after the email was sent")),
                    y: {...axis(_t("Emails")), beginAtZero: true, ticks: {precision: 0}},
                },
            },
        };
    }
}

ResultsHours.template = "mail_mailjet_aldeamo.ResultsHours";
ResultsHours.props = {hours: Object};
