"""Both e-mail service providers on loopback: they take mail by SMTP and by API and post its
events back.

The sandbox is the independent other side of the addon: it is written from the providers'
documentation and imports nothing of the addon.

    with Sandbox() as sandbox:
        sandbox.aldeamo.webhook_url = "http://127.0.0.1:8069/mail_provider/…"
        …                            # send through sandbox.aldeamo.smtp_host, .smtp_port, or
                                     # sandbox.aldeamo.api_url with sandbox.ca_bundle
        sandbox.aldeamo.play()       # posts the scripted events, waits for the answers
        print(sandbox.aldeamo.report)
"""

from .message import AcceptedMail
from .sandbox import Sandbox
from .script import SILENT, Script, Step

__all__ = ["SILENT", "AcceptedMail", "Sandbox", "Script", "Step"]
