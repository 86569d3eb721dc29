"""`make wheel`, from a checkout of any name; and Odoo with nothing but that wheel."""

import ast
import os
import subprocess
import sys
import tarfile
from email import message_from_bytes
from io import BytesIO
from zipfile import ZipFile

import pytest

from dev.databases import fresh_base_database
from dev.odoo import odoo_command
from dev.paths import ADDON, ODOO_HOME, ROOT
from dev.processes import run
from dev.sql import execute

pytestmark = pytest.mark.slow

MANIFEST = ast.literal_eval((ROOT / "__manifest__.py").read_text())
PREFIX = f"odoo/addons/{ADDON}/"
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]


def git(folder, *arguments):
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """Return a clone with all that isn't committed yet, in its index."""
    folder = tmp_path_factory.mktemp("any-name")
    for name in git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines():
        name = name.decode()
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    return folder


@pytest.fixture(scope="module")
def path(checkout, tmp_path_factory):
    """The wheel; made with the build tools of this environment, as the network may be away."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-build-isolation", f"--wheel-dir={folder}"]
    subprocess.run([*PIP, "wheel", *options, "."], cwd=checkout, check=True)
    (path,) = folder.iterdir()
    return path


@pytest.fixture(scope="module")
def wheel(path):
    with ZipFile(path) as opened:
        yield opened


def test_the_wheel_holds_the_addon(wheel):
    names = {name.removeprefix(PREFIX) for name in wheel.namelist() if name.startswith(PREFIX)}
    wanted = {"__manifest__.py", "__init__.py", "data/neutralize.sql", "i18n/es.po"}
    assert wanted | set(MANIFEST["data"]) <= names
    assert not [name for name in names if name.startswith(("dev/", "lab/", "tests/", "."))]
    assert wheel.read(PREFIX + "__manifest__.py") == (ROOT / "__manifest__.py").read_bytes()


def test_a_download_of_the_source_holds_the_same(wheel, checkout):
    tree = git(checkout, "write-tree").decode().strip()
    archive = git(checkout, "archive", tree)
    with tarfile.open(fileobj=BytesIO(archive)) as opened:
        files = {member.name for member in opened if member.isfile()}
    assert {PREFIX + name for name in files} == {
        name for name in wheel.namelist() if name.startswith(PREFIX)
    }


def test_the_wheel_names_what_the_addon_needs(wheel):
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    metadata = message_from_bytes(wheel.read(name))
    assert metadata["Name"].replace("_", "-") == "odoo-addon-mail-mailjet-aldeamo"
    assert metadata["Version"] == MANIFEST["version"]
    assert metadata.get_all("Requires-Dist") == MANIFEST["external_dependencies"]["python"]


def test_requirements_name_the_same():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    assert sorted(lines) == sorted(MANIFEST["external_dependencies"]["python"])


def test_odoo_installs_it(pg, path, tmp_path):
    """As in an environment that has Odoo and, installed by pip, this wheel."""
    packages, log = tmp_path / "packages", tmp_path / "odoo.log"
    subprocess.run([*PIP, "install", "--no-deps", f"--target={packages}", path], check=True)
    database = fresh_base_database(pg, "wheel")
    command = [*odoo_command(pg, database), f"--addons-path={ODOO_HOME / 'addons'}"]
    options = [f"--init={ADDON}", "--stop-after-init", "--no-http", "--without-demo=all"]
    env = {**pg.env(), "PYTHONPATH": os.pathsep.join([str(ODOO_HOME), str(packages)])}
    status = run([*command, *options], env, log)
    text = log.read_text()
    assert status == 0, text
    assert " WARNING " not in text
    assert " ERROR " not in text
    query = f"SELECT state, latest_version FROM ir_module_module WHERE name = '{ADDON}'"
    assert execute(pg, database, query) == [("installed", MANIFEST["version"])]
