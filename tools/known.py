# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What was read at once for many addresses, so that nobody asks the database for each again."""


class Known:
    """The records that belong to addresses: all of them, and none besides."""

    def __init__(self, addresses):
        self._addresses = frozenset(addresses)
        self._ids = {}

    def add(self, records, field):
        """Add all records of a model that belong to the addresses by a field."""
        self._ids[records._name, field] = {
            address: of_address._ids for address, of_address in records.grouped(field).items()
        }

    def records(self, model, field, address):
        """Return the records of `model` whose field is the address."""
        return model.browse(self._ids[model._name, field].get(address, ()))

    def query(self, model, domain, field, operators):
        """Return a query whose result is known, or None if it asks for something else.

        :param domain: of a search in `model`
        :param field: that holds the address
        :param operators: by which the domain may compare it
        """
        if (model._name, field) in self._ids:
            for leaf in domain:
                if leaf[0] == field and leaf[1] in operators and leaf[2] in self._addresses:
                    return self.records(model, field, leaf[2]).filtered_domain(domain)._as_query()
        return None
