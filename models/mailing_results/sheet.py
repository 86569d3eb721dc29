# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The results as a spreadsheet. Free of Odoo imports."""

import io

import xlsxwriter

FORMATS = {"count": "#,##0", "rate": '0.0" %"'}


def sheet(results, average, words):
    """Return the bytes of a workbook with all figures: one sheet for each part of the results.

    :param dict results: of `get_results` and `get_results_of_events`
    :param dict average: of `get_results_average`
    :param dict words: code → headings in the user's language
    """
    output = io.BytesIO()
    # Texts from outside must not become formulas.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(output, options) as book:
        formats = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}
        formats |= {"text": None, "link": None}
        bold = book.add_format({"bold": True, "bg_color": "#e9ecef"})
        for name, columns, rows in parts(results, average, words):
            page = book.add_worksheet(name)
            page.set_column(0, 0, 40)
            page.set_column(1, len(columns), 18)
            for index, (label, kind) in enumerate(columns):
                page.write_string(0, index, label, bold)
                for number, row in enumerate(rows, 1):
                    write(page, number, index, row[index], formats[kind])
    return output.getvalue()


def write(page, row, column, value, form):
    # The page's own `write` takes a text like {=1+1} for a formula.
    if value is None:
        page.write_blank(row, column, None)
    elif isinstance(value, str):
        page.write_string(row, column, value)
    else:
        page.write_number(row, column, value, form)


def parts(results, average, words):
    """Return (name of the sheet, [(label, kind)], rows) of each part of the results."""
    figures = [
        [
            *(figure["label"], figure["count"], figure["rate"]),
            *(average["rates"].get(figure["code"]), figure["machines"], figure["note"]),
        ]
        for figure in results["figures"]
    ]
    kinds = ("text", "count", "rate", "rate", "count", "text")
    yield words["results"], [*zip(words["figure_columns"], kinds, strict=True)], figures
    series = [
        results["hours"][name][who]
        for name in ("opened", "clicked")
        for who in ("people", "machines")
    ]
    hours = [[hour, *counts] for hour, counts in enumerate(zip(*series, strict=True))]
    yield words["hours"], [*zip(words["hour_columns"], ["count"] * 5, strict=True)], hours
    for table in results["tables"]:
        labels = [(column["label"], column["kind"]) for column in table["columns"]]
        yield table["title"][:31], labels, table["rows"]
    failures = [
        [failure["label"], failure["cause"], failure["count"], failure["advice"] or None]
        for failure in results["failures"]
    ]
    kinds = ("text", "text", "count", "text")
    yield words["failures"], [*zip(words["failure_columns"], kinds, strict=True)], failures
