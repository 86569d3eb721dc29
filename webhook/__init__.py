# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How events come in: what the controller in Odoo and the webhook server share.

Nothing here uses Odoo's registry: a function that needs the database gets a cursor, Odoo's or
psycopg2's. `server/` is the webhook server itself.
"""
