/** @odoo-module **/
/* Copyright 2026 mail_mailjet_aldeamo contributors
 * License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl). */

import {EventBus, useEffect} from "@odoo/owl";
import {useBus, useService} from "@web/core/utils/hooks";
import {registry} from "@web/core/registry";

/** Receives from Odoo's bus which emails of the shown documents have changed. */
const live = {
    dependencies: ["bus_service"],
    start(env, {bus_service: bus}) {
        const events = new EventBus();
        const watchers = new Map();
        // Subscribed once: Odoo's bus has no unsubscribe.
        bus.subscribe("mail_delivery/changed", (detail) => events.trigger("changed", detail));

        /** Listen to a channel until all callers have called the returned function. */
        function watch(channel) {
            watchers.set(channel, (watchers.get(channel) || 0) + 1);
            bus.addChannel(channel);
            return () => {
                watchers.set(channel, watchers.get(channel) - 1);
                if (!watchers.get(channel)) {
                    bus.deleteChannel(channel);
                }
            };
        }

        return {events, watch};
    },
};

registry.category("services").add("mail_mailjet_aldeamo.live_emails", live);

/**
 * Follow the emails of a document while the component is shown. Users who may not read the
 * document receive nothing.
 *
 * @param {() => Object} getThread returns `model` and `id`, or nothing to follow
 * @param {(changed: Object) => void} onChange gets `model`, `id` and `message_ids`
 */
export function useLiveEmails(getThread, onChange) {
    const {events, watch} = useService("mail_mailjet_aldeamo.live_emails");
    useEffect(
        (model, id) => id && watch(`mail_delivery/${model}/${id}`),
        () => [getThread()?.model, getThread()?.id]
    );
    useBus(events, "changed", ({detail}) => onChange(detail));
}
