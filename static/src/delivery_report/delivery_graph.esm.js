/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {GraphRenderer} from "@web/views/graph/graph_renderer";
import {OUTCOME_COLORS} from "./colors.esm";
import {graphView} from "@web/views/graph/graph_view";
import {registry} from "@web/core/registry";

/** Each outcome always has the same colour. */
export class DeliveryGraphRenderer extends GraphRenderer {
    getBarChartData() {
        // Odoo's line from the top of one bar to the next says nothing that the bars don't.
        this.model.lineOverlayDataset = null;
        return this.coloured(super.getBarChartData(), "backgroundColor");
    }

    getLineChartData() {
        return this.coloured(super.getLineChartData(), "borderColor");
    }

    coloured(data, property) {
        const {fields, groupBy} = this.model.metaData;
        if (groupBy.length === 2 && groupBy[1].fieldName === "outcome") {
            const values = new Map(fields.outcome.selection.map(([value, label]) => [label, value]));
            for (const dataset of data.datasets) {
                const color = OUTCOME_COLORS[values.get(dataset.label)];
                dataset[property] = color || dataset[property];
            }
        }
        return data;
    }
}

registry.category("views").add("mail_delivery_graph", {
    ...graphView,
    Renderer: DeliveryGraphRenderer,
});
