"""The developer's commands: set-up, PostgreSQL, Odoo, tests and checks.

Nothing here is part of the addon: Odoo never imports this package.
"""
