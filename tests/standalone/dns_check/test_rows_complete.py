"""Every row of the feature table has a case."""

from rows import ROWS
from test_rows_dkim import CASES as DKIM
from test_rows_dmarc import CASES as DMARC
from test_rows_others import ALIGNMENT
from test_rows_others import CASES as OTHERS
from test_rows_ownership import CASES as OWNERSHIP
from test_rows_spf import CASES as SPF


def test_every_row_has_a_case():
    covered = {case.row for case in [*OWNERSHIP, *SPF, *DKIM, *DMARC, *OTHERS]}
    assert covered | {ALIGNMENT} == set(ROWS)
