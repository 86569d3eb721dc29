/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {Component} from "@odoo/owl";
import {CopyButton} from "@web/views/fields/copy_clipboard/copy_button";
import {LOOKS} from "./looks.esm";
import {SpfTree} from "./spf_tree.esm";
import {_t} from "@web/core/l10n/translation";

/** One change in the DNS: old and new value, each part with a button to copy it. */
export class DnsOperation extends Component {
    setup() {
        this.copied = _t("Copied");
        this.copyName = _t("Copy the name");
        this.copyFullName = _t("Copy the full name");
        this.copyValue = _t("Copy the value");
    }

    get operation() {
        return this.props.operation;
    }

    /** For programs; templates have no `JSON`. */
    get json() {
        return JSON.stringify(this.operation);
    }

    get labels() {
        const {type, old_type: oldType} = this.operation;
        return {
            now: _t("Now (%s)", oldType),
            new: _t("New (%s)", type),
            needed: _t("Needed (%s)", type),
        };
    }

    /** A hint about the name. */
    get hint() {
        const {action, domain, host, name} = this.operation;
        if (name !== this.props.domain && !name.endsWith(`.${this.props.domain}`)) {
            return _t(
                "This record belongs to the DNS of %s. The people who manage that domain have to change it.",
                domain
            );
        }
        if (host === "@" && action !== "blocked") {
            return _t(
                "“@” means the domain itself. In some DNS services, leave the name empty instead."
            );
        }
        if (action === "add") {
            return _t(
                "Most DNS services add the domain to the name. In other services, enter the full name."
            );
        }
        return "";
    }

    /** The old value with its deleted parts marked, or the new one with its added parts. */
    pieces(change) {
        return this.operation.difference.filter((piece) => ["same", change].includes(piece[0]));
    }
}

DnsOperation.template = "mail_mailjet_aldeamo.DnsOperation";
DnsOperation.components = {CopyButton};
DnsOperation.props = {operation: Object, domain: String};

// A longer text may need scrolling, also by keyboard.
const LONG = 300;

/** The result of one check. */
export class DnsResult extends Component {
    get isOpen() {
        return ["fail", "warning"].includes(this.props.result.status);
    }

    /** Not if the problems or the operations show it already. */
    get isFoundShown() {
        const {found, operations, problems} = this.props.result;
        return (
            found &&
            !problems.some((problem) => problem.texts.includes(found)) &&
            !operations.some((operation) => operation.old_value && found.includes(operation.old_value))
        );
    }

    /** Not if the operations show it, to copy. */
    get isExpectedShown() {
        const {expected, operations} = this.props.result;
        return expected && !operations.some((operation) => expected.includes(operation.value));
    }

    tabIndex(text) {
        return text.length > LONG ? "0" : undefined;
    }

    get lookups() {
        return _t("Look-ups in the DNS: %s of at most 10", this.props.result.facts.lookups);
    }

    get doneBy() {
        return _t("The change under “%s” also fixes this.", this.props.doneBy);
    }

    lookOf(status) {
        return LOOKS[status];
    }
}

DnsResult.template = "mail_mailjet_aldeamo.DnsResult";
DnsResult.components = {DnsOperation, SpfTree};
DnsResult.props = {
    result: Object,
    domain: String,
    // The title of a check above with the same operations
    doneBy: String,
    isLine: {type: Boolean, optional: true},
};
