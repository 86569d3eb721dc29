/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {Component, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {count, rate} from "./format.esm";

const FEW = 8;

/** One table of the results; a long one shows its first rows until the user expands it. */
export class ResultsTable extends Component {
    setup() {
        this.state = useState({isOpen: false});
    }

    get rows() {
        const {rows} = this.props.table;
        return this.state.isOpen ? rows : rows.slice(0, FEW);
    }

    get isLong() {
        return this.props.table.rows.length > FEW;
    }

    get more() {
        return this.state.isOpen
            ? _t("Show less")
            : _t("Show all %s", this.props.table.rows.length);
    }

    shown(column, value) {
        if (column.kind === "rate") {
            return rate(value);
        }
        return column.kind === "count" ? count(value) : value;
    }
}

ResultsTable.template = "mail_mailjet_aldeamo.ResultsTable";
ResultsTable.props = {table: Object};
