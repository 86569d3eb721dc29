/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {Component, onWillStart, onWillUnmount, useState} from "@odoo/owl";
import {deserializeDateTime} from "@web/core/l10n/dates";
import {ConnectionLostError} from "@web/core/network/rpc_service";
import {ICONS} from "./looks.esm";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useService} from "@web/core/utils/hooks";

const INTERVAL = 1500;
const {DateTime} = luxon;

/** Shows the progress of a test mail while its dialog is open. */
export class TestProgress extends Component {
    setup() {
        this.orm = useService("orm");
        this.icons = ICONS;
        // Odoo does not translate this attribute in templates.
        this.title = _t("Progress of the email");
        this.state = useState({steps: [], is_over: false, missing: false, reasons: []});
        onWillStart(() => this.follow());
        onWillUnmount(() => {
            this.isClosed = true;
            browser.clearTimeout(this.timer);
        });
    }

    call(method) {
        return this.orm.silent.call("mail.provider.test", method, [[this.props.record.resId]]);
    }

    /** Update now, and again a little later, also after an error. */
    async follow() {
        try {
            Object.assign(this.state, await this.call("follow"));
            if (this.state.missing && !this.state.reasons.length) {
                await this.explain();
            }
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
        }
        if (!this.isClosed && !this.state.is_over) {
            this.timer = browser.setTimeout(() => this.follow(), INTERVAL);
        }
    }

    async explain() {
        this.state.reasons = await this.call("explain");
    }

    time(step) {
        return deserializeDateTime(step.time).toLocaleString(DateTime.TIME_WITH_SECONDS);
    }
}

TestProgress.template = "mail_mailjet_aldeamo.TestProgress";
TestProgress.props = {...standardWidgetProps};

registry.category("view_widgets").add("mail_provider_test_progress", {component: TestProgress});
