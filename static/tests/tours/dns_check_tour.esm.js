/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {registry} from "@web/core/registry";

const RIGHT = ".o_mail_dns_domain[data-domain='empresa.example']";
const BROKEN = ".o_mail_dns_domain[data-domain='tienda.example']";
const CHECKS = ["ownership", "spf", "spf_esp", "dkim", "dmarc", "alignment"];

function allRight(domain) {
    return CHECKS.map((check) => ({
        content: `${check} is right`,
        trigger: `${domain} [data-check='${check}'][data-status='ok']:contains('Right')`,
        isCheck: true,
    }));
}

/** From the server's form to the records that the broken domain needs. */
registry.category("web_tour.tours").add("mail_mailjet_aldeamo_dns_broken", {
    test: true,
    steps: () => [
        {content: "Check the DNS", trigger: ".o_mail_checklist button[name='action_check_dns']"},
        {
            content: "One domain is ready",
            trigger: `${RIGHT}[data-state='ok'] .o_mail_dns_headline:contains('Ready to send')`,
            isCheck: true,
        },
        ...allRight(RIGHT),
        {
            content: "The other one is not",
            trigger: `${BROKEN}[data-state='fail'] .o_mail_dns_headline:contains('Not ready')`,
            isCheck: true,
        },
        {
            content: "The same record is shown once",
            trigger: `${BROKEN} [data-check='spf_esp'] .o_mail_dns_same:contains('SPF record')`,
            isCheck: true,
        },
        {
            content: "Catch what is copied: a browser without a window has no clipboard",
            trigger: `${BROKEN} .o_mail_dns_operation[data-name^='mailjet._domainkey']`,
            run() {
                window.navigator.clipboard.writeText = (text) => {
                    document.body.dataset.copied = text;
                    return Promise.resolve();
                };
            },
        },
        {
            content: "Copy the host without the domain",
            trigger: `${BROKEN} .o_mail_dns_operation[data-name^='mailjet._domainkey'] .o_clipboard_button:first`,
        },
        {
            content: "The host was copied",
            trigger: "body[data-copied='mailjet._domainkey']",
            isCheck: true,
        },
        {
            content: "What changes in the SPF record is marked",
            trigger: `${BROKEN} [data-check='spf'] [data-action='replace'] ins:contains('include:spf.mailjet.com')`,
            isCheck: true,
        },
        {
            content: "The second SPF record goes",
            trigger: `${BROKEN} [data-check='spf'] [data-action='remove'] del`,
            isCheck: true,
        },
        {content: "Write to a colleague", trigger: `${BROKEN} .o_mail_dns_send`},
        {
            content: "The mail has the records",
            trigger: ".o_mail_dns_letter",
            run() {
                const text = document.querySelector(".o_mail_dns_letter").value;
                for (const part of ["tienda.example", "include:spf.mailjet.com", "mailjet._domainkey"]) {
                    if (!text.includes(part)) {
                        throw new Error(`The mail has no ${part}`);
                    }
                }
            },
        },
        {content: "Copy it", trigger: ".modal-footer .o_clipboard_button"},
        {
            content: "It was copied",
            trigger: "body[data-copied^='Hello']",
            in_modal: false,
            isCheck: true,
        },
        {content: "Close", trigger: ".modal-footer .btn-secondary:contains('Close')"},
        {
            content: "Hand what is to be done to the test",
            trigger: `${BROKEN} [data-check='dkim'] .o_mail_dns_operation`,
            async run() {
                const shown = [...document.querySelectorAll(`${BROKEN} .o_mail_dns_operation`)];
                const operations = shown.map(({dataset}) => JSON.parse(dataset.operation));
                await odoo.__WOWL_DEBUG__.root.env.services.orm.call(
                    "ir.config_parameter",
                    "set_param",
                    ["dns_tour_operations", JSON.stringify(operations)]
                );
                document.body.dataset.handed = "yes";
            },
        },
        {content: "They are handed over", trigger: "body[data-handed='yes']", isCheck: true},
    ],
});

/** From the kept result of the domain that was broken to one that is right. */
registry.category("web_tour.tours").add("mail_mailjet_aldeamo_dns_mended", {
    test: true,
    steps: () => [
        {content: "Open the page", trigger: ".o_notebook a[name='domain']"},
        {
            content: "Open the kept result",
            trigger: ".o_data_row:contains('tienda.example') button[name='action_open']",
        },
        {
            content: "It is as it was",
            trigger: `${BROKEN}[data-state='fail'] [data-check='dkim'][data-status='fail']`,
            isCheck: true,
        },
        {content: "Check again", trigger: `${BROKEN} .o_mail_dns_again`},
        {content: "It is ready", trigger: `${BROKEN}[data-state='ok']`, isCheck: true},
        {
            content: "What became right is named",
            trigger: `${BROKEN} .o_mail_dns_fixed:contains('SPF record'):contains('DKIM')`,
            isCheck: true,
        },
        ...allRight(BROKEN),
        {
            content: "Mailjet has not looked",
            trigger: `${BROKEN} .o_mail_dns_verdict:contains('Not checked yet')`,
            isCheck: true,
        },
        {content: "Ask Mailjet", trigger: `${BROKEN} .o_mail_dns_ask`},
        {
            content: "Mailjet says the same",
            trigger: `${BROKEN} .o_mail_dns_verdict [data-check='DKIM']:contains('OK')`,
            isCheck: true,
        },
        {
            content: "Add a domain as people write it",
            trigger: ".o_mail_dns_add input",
            run: "text ventas@otra.example",
        },
        {content: "Add it", trigger: ".o_mail_dns_add button"},
        {
            content: "It is checked at once, and Mailjet does not know it",
            trigger:
                ".o_mail_dns_domain[data-domain='otra.example'][data-state='fail'] " +
                ".o_mail_dns_verdict:contains('does not know')",
            isCheck: true,
        },
        {
            content: "Remove it",
            trigger: ".o_mail_dns_domain[data-domain='otra.example'] header .btn-link",
        },
        {
            content: "It is gone",
            trigger: ".o_mail_dns_page:not(:has([data-domain='otra.example']))",
            isCheck: true,
        },
    ],
});

/** What stands in the DNS is text, whatever it looks like. */
registry.category("web_tour.tours").add("mail_mailjet_aldeamo_dns_hostile", {
    test: true,
    steps: () => [
        {content: "Check the DNS", trigger: ".o_mail_dns_check_all"},
        {
            content: "The tags are shown as they are",
            trigger: `${BROKEN}[data-state='fail'] .o_mail_dns_text:contains('<img')`,
            run() {
                if (document.querySelector(".o_mail_dns_page img, .o_mail_dns_page script")) {
                    throw new Error("The DNS has put an element into the page");
                }
            },
        },
        {
            content: "And so they are in what is to be published",
            trigger: `${BROKEN} [data-check='spf']:contains('<b>')`,
            isCheck: true,
        },
    ],
});
