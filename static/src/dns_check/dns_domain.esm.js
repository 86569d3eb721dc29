/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {deserializeDateTime, formatDateTime} from "@web/core/l10n/dates";
import {Component} from "@odoo/owl";
import {DnsLetterDialog} from "./dns_letter.esm";
import {DnsResult} from "./dns_result.esm";
import {LOOKS} from "./looks.esm";
import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";

// The provider's check -> our check of the same record
const SAME = {SPF: "spf_esp", DKIM: "dkim"};
const PROVIDER_LOOKS = {ok: "ok", error: "fail", missing: "fail", unchecked: "unknown"};

/** One domain: its state, the results of each check, and those of the provider. */
export class DnsDomain extends Component {
    setup() {
        this.dialog = useService("dialog");
    }

    get domain() {
        return this.props.domain;
    }

    get look() {
        return LOOKS[this.domain.results.length || this.domain.problem ? this.domain.state : "none"];
    }

    get decisive() {
        return this.domain.results.filter((result) => result.is_decisive);
    }

    get others() {
        return this.domain.results.filter((result) => !result.is_decisive);
    }

    /** Folded only if there is nothing to do. */
    get isOthersOpen() {
        return this.others.some((result) => !["ok", "info"].includes(result.status));
    }

    lookOf(status) {
        return LOOKS[PROVIDER_LOOKS[status]];
    }

    time(value) {
        return formatDateTime(deserializeDateTime(value));
    }

    /** Whether the provider's results differ from ours. */
    get differs() {
        const {verdict, results} = this.domain;
        return verdict.checks.some(({name, status}) => {
            const ours = results.find((result) => result.name === SAME[name]);
            if (!ours || ["unknown", "info"].includes(ours.status) || status === "unchecked") {
                return false;
            }
            return (status === "ok") !== (ours.status !== "fail");
        });
    }

    /** The title of a check above with the same operations: these are shown only once. */
    doneBy(result) {
        const values = new Set(result.operations.map((operation) => JSON.stringify(operation)));
        const before = this.decisive.slice(0, this.decisive.indexOf(result));
        const same = before.find((other) =>
            other.operations.some((operation) => values.has(JSON.stringify(operation)))
        );
        return same ? same.title : "";
    }

    get fixed() {
        const fixed = this.domain.fixed || [];
        return fixed.length && _t("Now correct: %s", fixed.join(", "));
    }

    get checkedOn() {
        return _t("Checked on %s", this.time(this.domain.checked));
    }

    get lastChecked() {
        return _t("Last checked: %s", this.time(this.domain.verdict.checked));
    }

    get askAgain() {
        return _t("Ask %s to check again", this.domain.verdict.provider);
    }

    openLetter() {
        this.dialog.add(DnsLetterDialog, {letter: this.domain.letter});
    }
}

DnsDomain.template = "mail_mailjet_aldeamo.DnsDomain";
DnsDomain.components = {DnsResult};
DnsDomain.props = {
    domain: Object,
    checks: Array,
    onCheck: Function,
    onRemove: Function,
    onAskProvider: Function,
};
