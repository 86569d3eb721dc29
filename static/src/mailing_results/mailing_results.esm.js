/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {Component, onWillStart, useRef, useState} from "@odoo/owl";
import {Layout} from "@web/search/layout";
import {ResultsHours} from "./results_hours.esm";
import {ResultsTable} from "./results_table.esm";
import {_t} from "@web/core/l10n/translation";
import {count, rate, share} from "./format.esm";
import {download} from "./picture.esm";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

/** The results of a mailing, of its A/B test or of its campaign. */
export class MailingResults extends Component {
    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.page = useRef("page");
        this.display = {controlPanel: {}};
        this.count = count;
        this.rate = rate;
        this.width = share;
        this.mailingId = this.props.action.context.active_id;
        this.state = useState({results: {}, events: false, average: false});
        onWillStart(() => this.load("mailing"));
    }

    get results() {
        return this.state.results;
    }

    get sheetUrl() {
        return `/mailing_results/${this.mailingId}.xlsx?scope=${this.results.scope}`;
    }

    async load(scope) {
        this.scope = scope;
        this.loadLater("events", "get_results_of_events");
        const results = await this.call("get_results", [scope]);
        // Somebody may have chosen other mailings meanwhile.
        if (scope === this.scope) {
            this.state.results = results;
            this.loadLater("average", "get_results_average");
        }
    }

    /** What takes longer than the figures, which do not wait for it. */
    async loadLater(name, method) {
        const scope = this.scope;
        this.state[name] = false;
        const found = await this.call(method, [scope]);
        if (scope === this.scope) {
            this.state[name] = found;
        }
    }

    get tables() {
        return [...this.results.tables, ...(this.state.events.tables || [])];
    }

    call(method, args) {
        return this.orm.call("mailing.mailing", method, [[this.mailingId], ...args]);
    }

    // The client doesn't translate aria-label in a template.
    get scopesLabel() {
        return _t("Mailings to include");
    }

    get averageNote() {
        return _t(
            "The average covers all emails of other mailings, at most ten. Mailings: %s. ",
            this.state.average.mailings
        );
    }

    machines(figure) {
        return _t("%s by machines only", count(figure.machines));
    }

    retryLabel(failure) {
        return failure.retryable === failure.count
            ? _t("Retry")
            : _t("Retry %s with a new address", count(failure.retryable));
    }

    averageOf(figure) {
        const average = this.state.average;
        return average && average.mailings ? average.rates[figure.code] : null;
    }

    async retry(failure) {
        await this.call("action_retry_cause", [
            failure.kind,
            failure.failure || false,
            this.results.scope,
        ]);
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "mailing.mailing",
            res_id: this.mailingId,
            views: [[false, "form"]],
        });
    }

    savePicture() {
        download(this.results, (figure) => this.averageOf(figure), this.page.el);
    }
}

MailingResults.template = "mail_mailjet_aldeamo.MailingResults";
MailingResults.components = {Layout, ResultsHours, ResultsTable};
MailingResults.props = {"*": true};

registry.category("actions").add("mail_mailjet_aldeamo.mailing_results", MailingResults);
