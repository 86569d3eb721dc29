# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Records that were read for many values at once, to answer later searches without a query."""

from odoo.osv.expression import TRUE_LEAF


class PrefetchedRecords:
    """All records whose field has one of some values."""

    def __init__(self):
        self._ids = {}

    def add(self, records, field, values):
        """Add all records of a model whose field is one of the values."""
        groups = records.grouped(field)
        self._ids[records._name, field] = {
            value: groups[value]._ids if value in groups else () for value in values
        }

    def records(self, model, field, value):
        """Return the records of `model` whose field has the value."""
        return model.browse(self._ids[model._name, field].get(value, ()))

    def has(self, field, value):
        """Tell whether there are records whose field has the value."""
        return any(ids.get(value) for (_model, name), ids in self._ids.items() if name == field)

    def query(self, model, domain, field, operators):
        """Return a query with the prefetched result of a search, or None for other searches.

        :param domain: of a search in `model`
        :param field: by which the records were read
        :param operators: allowed in the domain
        """
        values = self._ids.get((model._name, field), ())
        for position, leaf in enumerate(domain):
            if leaf[0] == field and leaf[1] in operators and leaf[2] in values:
                records = self.records(model, field, leaf[2])
                others = [*domain[:position], TRUE_LEAF, *domain[position + 1 :]]
                return records.filtered_domain(others)._as_query()
        return None
