# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from markupsafe import Markup


def help_text(title, *texts):
    """Return the help of an empty list, in Odoo's HTML.

    :param str title: plain text, like `texts`, of which some may be empty
    """
    return Markup('<p class="o_view_nocontent_smiling_face">%s</p>') % title + paragraphs(*texts)


def paragraphs(*texts):
    return Markup().join(Markup("<p>%s</p>") % text for text in texts if text)
