/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {Component, onMounted, onWillStart, onWillUnmount, useRef, useState} from "@odoo/owl";
import {DnsDomain} from "./dns_domain.esm";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

// Seconds for the network, in addition to the server's deadline
const TRAVEL = 2;

/** Checks the DNS of a mail server's domains, and shows what to publish. */
export class DnsCheckAction extends Component {
    setup() {
        this.orm = useService("orm");
        this.input = useRef("input");
        this.page = useRef("page");
        this.display = {controlPanel: {}};
        this.state = useState({servers: [], serverId: false, domains: [], entered: "", error: ""});
        const {context, params} = this.props.action;
        onWillStart(() => this.load(context.active_id || false));
        onMounted(() => {
            if (params && params.run) {
                this.checkAll();
            } else if (params && params.domain) {
                this.page.el
                    .querySelector(`[data-domain="${CSS.escape(params.domain)}"]`)
                    .scrollIntoView();
            }
        });
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    get intro() {
        return _t(
            "Receiving servers trust your emails only if the DNS of your domain allows %s to send them.",
            this.state.provider
        );
    }

    get isRunning() {
        return this.state.domains.some((domain) => domain.isRunning);
    }

    async load(serverId) {
        const values = await this.orm.call("mail.dns.check", "prepare", [serverId]);
        // Ignore answers for another server.
        this.run = {};
        Object.assign(this.state, {
            servers: values.servers,
            serverId: values.server_id,
            provider: values.provider,
            domains: values.domains,
            checks: values.checks,
            error: "",
        });
        this.deadline = values.deadline;
    }

    onServerChange(ev) {
        return this.load(Number(ev.target.value));
    }

    checkAll() {
        return this.check(this.state.domains);
    }

    /** Check the domains whose DNS answers quickly first, then the others. */
    async check(domains) {
        const run = this.run;
        for (const domain of domains) {
            Object.assign(domain, {isRunning: true, problem: "", fixed: [], is_unchanged: false});
        }
        browser.clearTimeout(this.timer);
        this.timer = browser.setTimeout(
            () => this.giveUp(run),
            (this.deadline + 2 * TRAVEL) * 1000
        );
        try {
            const late = await this.ask(domains, run, true);
            if (late.length) {
                await this.ask(late, run, false);
            }
        } catch (error) {
            const reason = error.data ? error.data.message : error.message;
            this.fail(
                domains.filter((domain) => domain.isRunning),
                reason || _t("Odoo can't be reached.")
            );
        }
    }

    /** Show the cards of domains, and return the domains without a card. */
    async ask(domains, run, hurry) {
        const names = domains.map((domain) => domain.domain);
        const cards = await this.orm.silent.call(
            "mail.dns.check",
            "check",
            [this.state.serverId, names],
            {hurry}
        );
        if (run !== this.run) {
            return [];
        }
        const found = new Map(cards.map((card) => [card.domain, card]));
        for (const domain of domains) {
            if (found.has(domain.domain)) {
                Object.assign(domain, found.get(domain.domain), {isRunning: false, problem: ""});
            }
        }
        return domains.filter((domain) => !found.has(domain.domain));
    }

    giveUp(run) {
        if (run === this.run) {
            const waiting = this.state.domains.filter((domain) => domain.isRunning);
            this.fail(
                waiting,
                _t("The check takes longer because Odoo is busy. The result appears when it is ready.")
            );
        }
    }

    fail(domains, reason) {
        for (const domain of domains) {
            Object.assign(domain, {isRunning: false, state: "unknown", problem: reason});
        }
    }

    async add() {
        const text = this.state.entered.trim();
        if (!text) {
            return;
        }
        this.state.error = "";
        try {
            const card = await this.orm.call("mail.dns.check", "add", [this.state.serverId, text]);
            const known = this.state.domains.find((domain) => domain.domain === card.domain);
            if (!known) {
                this.state.domains.unshift(card);
            }
            this.state.entered = "";
            this.input.el.focus();
            await this.check([known || this.state.domains[0]]);
        } catch (error) {
            if (!error.data) {
                throw error;
            }
            this.state.error = error.data.message;
        }
    }

    async remove(domain) {
        this.state.domains.splice(this.state.domains.indexOf(domain), 1);
        await this.orm.call("mail.dns.check", "forget", [this.state.serverId, domain.domain]);
    }

    async askProvider(domain) {
        domain.isAsking = true;
        try {
            domain.verdict = await this.orm.call("mail.dns.check", "ask_provider", [
                this.state.serverId,
                domain.domain,
            ]);
        } finally {
            domain.isAsking = false;
        }
    }
}

DnsCheckAction.template = "mail_mailjet_aldeamo.DnsCheckAction";
DnsCheckAction.components = {DnsDomain, Layout};
DnsCheckAction.props = {"*": true};

registry.category("actions").add("mail_mailjet_aldeamo.dns_check", DnsCheckAction);
