/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";

const STATES = {
    void: _t("name does not exist"),
    none: _t("has no SPF record"),
    several: _t("has several SPF records"),
    syntax: _t("has an error in its SPF record"),
    loop: _t("includes itself (loop)"),
    mx: _t("has too many mail servers"),
    error: _t("no answer"),
    macros: _t("depends on the email"),
    beyond: _t("not evaluated: limit reached"),
};

/** The look-ups of an SPF record and of its included records. */
export class SpfTree extends Component {
    word(state) {
        return STATES[state] || "";
    }

    isBad(state) {
        return !["ok", "macros"].includes(state);
    }
}

SpfTree.template = "mail_mailjet_aldeamo.SpfTree";
SpfTree.components = {SpfTree};
SpfTree.props = {tree: Object};
