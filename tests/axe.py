# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import base64
from importlib.resources import files


def axe(env):
    """Return the URL of axe-core, which checks names, labels and colours."""
    code = (files("axe_core_python") / "axe.min.js").read_bytes()
    attachment = env["ir.attachment"].create(
        {
            "name": "axe.min.js",
            "datas": base64.b64encode(code),
            "mimetype": "application/javascript",
            "public": True,
        }
    )
    return f"/web/content/{attachment.id}/axe.min.js"
