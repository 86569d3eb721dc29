# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The way in of events: what the controller in Odoo and the dedicated intake share.

Neither knows Odoo's registry here: the functions get a database cursor where they need one,
Odoo's or psycopg2's. `server/` is the dedicated intake itself.
"""
