"""`providers/` knows no Odoo."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_providers_import_no_odoo():
    program = "import sys, providers; print([n for n in sys.modules if n.split('.')[0] == 'odoo'])"
    result = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {program}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == "[]"
