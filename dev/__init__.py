"""The developer's tools: set-up, services, demonstration and tests.

Nothing here is part of the addon: Odoo never imports this package.
"""
