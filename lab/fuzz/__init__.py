"""`make fuzz`: a coverage-guided search for what a webhook's sender could break.

Four targets: both providers' translators, the webhook server's HTTP, and bodies over the wire to
the controller and to the webhook server in turn.
"""
