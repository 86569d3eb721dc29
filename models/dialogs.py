# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).


def opened(record, name=False, target="new", **context):
    """Return the action that opens the form of a record, or an empty form of its model.

    :param str name: title of the dialog
    :param str target: ``new``: in a dialog; ``current``: instead of the page
    """
    return {
        "type": "ir.actions.act_window",
        "name": name,
        "res_model": record._name,
        "res_id": record.id,
        "view_mode": "form",
        "target": target,
        "context": context,
    }
