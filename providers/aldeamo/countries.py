# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The countries that Aldeamo's events name.

Source: the manual's samples (M 8.2, 8.4, 8.8, 8.9) have "Colombia" and "United States of America":
the English names of ISO 3166-1. Those that Odoo spells otherwise have their codes here; what some
lists have in brackets is behind a comma.
"""

CODES = {
    "bolivia, plurinational state of": "BO",
    "brunei": "BN",
    "cabo verde": "CV",
    "congo, democratic republic of the": "CD",
    "côte d'ivoire": "CI",
    "czechia": "CZ",
    "czech republic": "CZ",
    "eswatini": "SZ",
    "falkland islands, malvinas": "FK",
    "holy see": "VA",
    "iran, islamic republic of": "IR",
    "korea, republic of": "KR",
    "lao people's democratic republic": "LA",
    "macao": "MO",
    "micronesia, federated states of": "FM",
    "moldova, republic of": "MD",
    "myanmar": "MM",
    "netherlands, kingdom of the": "NL",
    "north macedonia": "MK",
    "palestine, state of": "PS",
    "russia": "RU",
    "russian federation": "RU",
    "syria": "SY",
    "syrian arab republic": "SY",
    "taiwan, province of china": "TW",
    "tanzania, united republic of": "TZ",
    "turkey": "TR",
    "türkiye": "TR",
    "united kingdom of great britain and northern ireland": "GB",
    "united states of america": "US",
    "venezuela, bolivarian republic of": "VE",
    "viet nam": "VN",
}


def iso_code(name: str | None) -> str | None:
    """Return the ISO 3166-1 code of a country that Odoo spells otherwise, else the name.

    :param name: in English
    """
    plain = (name or "").casefold().replace(" (", ", ").rstrip(")")
    return CODES.get(plain, name) or None
