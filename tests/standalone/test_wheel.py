"""`pip wheel .`, from a checkout of any name."""

import ast
import subprocess
import sys
from email import message_from_bytes
from zipfile import ZipFile

import pytest

from dev.paths import ADDON, ROOT

MANIFEST = ast.literal_eval((ROOT / "__manifest__.py").read_text())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel; made with the build tools of this environment, as the network may be away."""
    checkout, folder = tmp_path_factory.mktemp("any-name"), tmp_path_factory.mktemp("wheel")
    # as `git clone` would, with what isn't committed yet
    files = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in files.splitlines():
        if (ROOT / name).exists():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            (checkout / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(folder), "."], cwd=checkout, check=True)
    (path,) = folder.iterdir()
    with ZipFile(path) as opened:
        yield opened


def test_the_wheel_holds_the_addon(wheel):
    prefix = f"odoo/addons/{ADDON}/"
    names = {name.removeprefix(prefix) for name in wheel.namelist() if name.startswith(prefix)}
    wanted = {"__manifest__.py", "__init__.py", "data/neutralize.sql", "i18n/es.po"}
    assert wanted | set(MANIFEST["data"]) <= names
    assert not [name for name in names if name.startswith(("dev/", "lab/", "tests/", "."))]
    assert wheel.read(prefix + "__manifest__.py") == (ROOT / "__manifest__.py").read_bytes()


def test_the_wheel_names_what_the_addon_needs(wheel):
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    metadata = message_from_bytes(wheel.read(name))
    assert metadata["Name"].replace("_", "-") == "odoo-addon-mail-mailjet-aldeamo"
    assert metadata["Version"] == MANIFEST["version"]
    assert metadata.get_all("Requires-Dist") == MANIFEST["external_dependencies"]["python"]


def test_requirements_name_the_same(wheel):
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    assert sorted(lines) == sorted(MANIFEST["external_dependencies"]["python"])
    assert "dnspython>=2.6" in lines
