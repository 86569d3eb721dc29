"""The documentation: every command in it is run by a test, every file in it is checked, and every
label in it is one that Odoo shows.
"""

import configparser
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from itertools import chain
from pathlib import Path

import polib
import pytest
import trustme
import yaml

from dev.paths import ADDON, ODOO_HOME, ROOT
from dns_check.expectations import Expectations

pytestmark = pytest.mark.slow

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.rst", ROOT / "CONTRIBUTING.rst", *sorted(DOCS.glob("*.rst"))]
IMAGES = sorted((DOCS / "images").glob("*.png"))
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
VENV, SOURCE, ADDONS = "/srv/odoo/venv", "/srv/odoo/odoo", "/srv/odoo/addons"
DRILLS = {path.stem for path in (ROOT / "lab" / "drills").glob("*/*.py")}
PROGRAMS = ("make", "pip", "docker", "curl", "odoo-bin", "systemctl", "apt-get")
MENTIONED = ("pip install", "systemctl reload")  # parts of commands

TESTS = ROOT / "tests" / "standalone"
# What runs a command, by its beginning: the test's file and a word in it that shows it.
RUN_ELSEWHERE = {
    "make demo": ("e2e/test_demo.py", "demo.main"),
    "make clean": ("e2e/test_clean.py", "dev.clean"),
    "make drills": ("faults/test_drills.py", "lab.drills"),
    "make fuzz": ("providers/test_hostile_bodies.py", "lab.fuzz"),
    "make dns-check": ("dns_check/test_dns_command.py", "dev.dns_check"),
    "make dns-messages": ("dns_check/test_dns_texts.py", "dev.dns_messages"),
    "make docs": ("test_documentation.py", "sphinx"),
    "pip wheel": ("test_wheel.py", '"wheel"'),
    "pip install dist/*.whl": ("test_wheel.py", "test_the_wheel_holds_the_addon"),
    "odoo-bin mail_webhook_server": ("webhook_server/test_operation.py", "ExecStart"),
    "odoo-bin neutralize": ("e2e/test_neutralize.py", "neutralize"),
    "odoo-bin db": ("e2e/test_neutralize.py", "duplicate"),
    "curl": ("webhook_server/test_operation.py", "/mail_provider/health"),
    "echo DATABASE=": ("webhook_server/test_operation.py", "DATABASE="),
}
# What no test runs, and why. Of `make` it is checked that the command exists, see below.
NOT_RUN = {
    "make help": "it prints the Makefile",
    "make test": "it runs this test",
    "make lint": "continuous integration runs it",
    "make odoo": "it runs until it is stopped",
    "make odoo-tests": "it takes hours",
    "make oca-tests": "it takes hours, and downloads others' addons",
    "make bench": "it takes an hour, of a quiet machine",
    "make dns-bench": "it measures, on a quiet machine",
    "make dns-publish": "it needs a demo that runs",
    "make translations": "it writes into i18n/: test_translations.py checks what is there",
    "make screenshots": "it takes minutes, and its pictures differ each time",
    "odoo-bin -c": "the drill `upgrade` runs it, which takes minutes",
    "apt-get install": "it needs root, and changes the machine",
    "python3 -m venv": "the set-up of these tests did it",
    "docker": "it needs Docker: the files are checked below",
    "systemctl": "it needs systemd: test_operation.py runs the units without it",
    "adduser": "it needs root, and changes the machine",
    "git clone": "the set-up of these tests did it",
    "su postgres": "it needs PostgreSQL as Debian installs it",
    "runuser": "it needs that user: these tests make databases in the same way",
    "for port in": "it needs systemd: test_operation.py does the same without it",
}


def blocks(path, *kinds):
    """Yield the code blocks of some languages."""
    found = re.finditer(
        r"^( *)\.\. code-block:: (\w+)\n\n((?:\1 +.*\n|\n)+)", path.read_text(), re.MULTILINE
    )
    for block in found:
        if block[2] in kinds:
            lines = block[3].rstrip("\n").split("\n")
            indent = min(len(line) - len(line.lstrip()) for line in lines if line)
            yield "\n".join(line[indent:] for line in lines) + "\n"


def commands(path):
    """Yield the commands on a page: those in blocks, and those in a line of text."""
    for block in blocks(path, "sh"):
        if block.startswith("for "):
            yield block
        else:
            yield from block.splitlines()
    for inline in re.findall(r"``([^`]+)``", path.read_text()):
        text = re.sub(r"\s+", " ", inline)
        if text.split()[0] in PROGRAMS and " " in text and text not in MENTIONED:
            yield text


def name_of(command):
    """Return a command without what differs from machine to machine."""
    words = [word for word in command.split() if not re.fullmatch(r"[A-Z_]+=/\S*", word)]
    if words[0] == f"{VENV}/bin/python":
        del words[0]
    words[0] = Path(words[0]).name
    return " ".join(words)


COMMANDS = sorted({command for path in PAGES for command in commands(path)})
MAKES = [command for command in COMMANDS if command.startswith("make ")]
PIPS = [c for c in COMMANDS if name_of(c).startswith("pip install") and "dist/" not in c]


def test_there_are_commands():
    assert {"make demo", "make test"} <= set(COMMANDS)
    assert len(COMMANDS) > 25
    subprocess.run(["bash", "-n"], input="\n".join(COMMANDS), text=True, check=True)


@pytest.mark.parametrize("command", [c for c in COMMANDS if c not in PIPS])
def test_command_is_run_by_a_test(command):
    name = name_of(command)
    test = [value for start, value in RUN_ELSEWHERE.items() if name.startswith(start)]
    reason = [start for start in NOT_RUN if name.startswith(start)]
    assert test or reason, f"{command}: no test runs it"
    for path, word in test:
        assert word in (TESTS / path).read_text(), (path, word)


@pytest.mark.parametrize("command", MAKES)
def test_make_command(command):
    """It is one of the Makefile's, with variables that this one knows, and starts a module that
    there is.
    """
    _make, target, *variables = shlex.split(command)
    makefile = (ROOT / "Makefile").read_text()
    [recipe] = re.findall(rf"^{target}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    for variable in variables:
        assert f"$({variable.partition('=')[0]})" in recipe
    printed = subprocess.run(
        ["make", "-n", target, *variables], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for module in re.findall(r"-m dev\.bootstrap (\S+)", printed):
        assert importlib.util.find_spec(module), module
    arguments = next((v.removeprefix("ARGS=") for v in variables if v.startswith("ARGS=")), "")
    if target == "test":
        for path in re.findall(r"\S*/\S*", arguments):
            assert (ROOT / path).exists(), path
    elif target == "drills":
        assert set(arguments.split()) <= DRILLS
    elif target == "bench":
        words = set(arguments.split()) - {"--only"}
        main = (ROOT / "lab" / "bench" / "__main__.py").read_text()
        assert all(f'"{word}":' in main for word in words), words


@pytest.mark.parametrize("command", PIPS)
def test_requirements_are_installed(command):
    """Run it: what these tests need is there, so nothing is downloaded."""
    [path] = re.findall(r"-r (\S+)", command)
    name = path.removeprefix(f"{ADDONS}/").removeprefix(f"{ADDON}/")
    path = ODOO_HOME / "requirements.txt" if path.startswith(SOURCE) else ROOT / name
    assert path.is_file()
    if path.is_relative_to(ROOT):
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install"]
        subprocess.run([*pip, "-q", "--no-index", "-r", path], check=True)


def test_readme_is_short():
    text = (ROOT / "README.rst").read_text()
    assert len(text.splitlines()) <= 150
    assert text.count(".. image::") == 2


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    text = path.read_text()
    links = re.findall(r"`[^`<]+<([^>`:]+)>`_", text) + re.findall(r"\.\. image:: (\S+)", text)
    missing = [link for link in links if not (path.parent / link).exists()]
    assert not missing
    for other in re.findall(r":doc:`([^`]+)`", text):
        assert (DOCS / f"{other}.rst").exists(), other


def test_images_are_light_and_shown():
    shown = " ".join(path.read_text() for path in PAGES)
    for image in IMAGES:
        assert image.stat().st_size < 150_000, image.name
        assert f"images/{image.name}" in shown, f"{image.name} is shown nowhere"


def test_sphinx_has_nothing_to_complain_of(tmp_path):
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    done = subprocess.run([*command, DOCS, tmp_path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# --- Labels


def normal(text):
    return re.sub(r"\s+", " ", text).strip()


@pytest.fixture(scope="module")
def terms():
    """All that this addon, and the parts of Odoo it is about, show in English."""
    addons = ("base_setup", "mail", "mass_mailing", "privacy_lookup", "web", "phone_validation")
    paths = [ODOO_HOME / "addons" / name / "i18n" / f"{name}.pot" for name in addons]
    paths += [ODOO_HOME / "odoo" / "addons" / "base" / "i18n" / "base.pot"]
    paths += [ROOT / "i18n" / f"{ADDON}.pot"]
    entries = chain.from_iterable(polib.pofile(str(path)) for path in paths)
    views = (path.read_text() for path in ROOT.glob("views/*.xml"))
    buttons = {label for text in views for label in re.findall(r'string="([^"]+)"', text)}
    return {normal(entry.msgid) for entry in entries} | buttons


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_labels_are_those_on_the_screen(path, terms):
    text = path.read_text()
    labels = re.findall(r":guilabel:`([^`]+)`", text)
    for menu in re.findall(r":menuselection:`([^`]+)`", text):
        labels += menu.split("-->")
    unknown = {normal(label) for label in labels} - terms
    assert not unknown


# --- Files


@pytest.mark.parametrize("page", ["databases", "growing", "operation"])
@pytest.mark.skipif(not NGINX, reason="needs nginx")
def test_nginx(page, tmp_path):
    certificate = trustme.CA().issue_cert("empresa.example")
    certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "tls.pem")
    for text in blocks(DOCS / f"{page}.rst", "nginx"):
        for name in ("fullchain.pem", "privkey.pem"):
            text = text.replace(f"/etc/letsencrypt/live/empresa.example/{name}", "tls.pem")
        text = text.replace("/var/log/nginx/", f"{tmp_path}/")
        text = re.sub(r"listen (\d+)", r"listen 127.0.0.1:10\1", text)
        main = tmp_path / "nginx.conf"
        main.write_text(
            f"pid {tmp_path}/nginx.pid;\nevents {{}}\nhttp {{\naccess_log off;\n{text}\n}}\n"
        )
        done = subprocess.run(
            [NGINX, "-t", "-c", main, "-p", tmp_path, "-e", tmp_path / "error.log"],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr


def test_systemd_unit():
    odoo, text = blocks(DOCS / "operation.rst", "systemd")
    assert f"ExecStart={VENV}/bin/python {SOURCE}/odoo-bin -c /etc/odoo/odoo.conf\n" in odoo
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str
    unit.read_string(text)
    assert set(unit.sections()) == {"Unit", "Service", "Install"}
    assert unit["Service"]["ExecStart"].startswith(
        f"{VENV}/bin/python {SOURCE}/odoo-bin mail_webhook_server"
    )


def test_settings_of_odoo_exist():
    known = (ODOO_HOME / "odoo" / "tools" / "config.py").read_text()
    for path in PAGES:
        for text in blocks(path, "ini"):
            settings = configparser.ConfigParser(interpolation=None)
            settings.read_string(text)
            for name in settings["options"]:
                assert (
                    f'"{name}"' in known
                    or f"'{name}'" in known
                    or (f"--{name.replace('_', '-')}" in known)
                ), name


def test_docker():
    """Both pages have the same file; what it copies is in the addon."""
    [readme] = blocks(ROOT / "README.rst", "dockerfile")
    [page] = blocks(DOCS / "installing.rst", "dockerfile")
    assert readme == page
    assert readme.startswith("FROM odoo:17\nUSER root\n")
    assert readme.endswith("USER odoo\n")
    for source, _target in re.findall(r"^COPY (\S+) (\S+)$", readme, re.MULTILINE):
        folder, _slash, rest = source.partition("/")
        assert folder == ADDON
        assert (ROOT / rest).exists()
    [compose] = (yaml.safe_load(text) for text in blocks(DOCS / "installing.rst", "yaml"))
    odoo, db = compose["services"]["odoo"], compose["services"]["db"]
    assert odoo["build"] == "."
    assert odoo["environment"] == {
        "HOST": "db",
        "USER": db["environment"]["POSTGRES_USER"],
        "PASSWORD": db["environment"]["POSTGRES_PASSWORD"],
    }
    volumes = {volume.partition(":")[0] for volume in odoo["volumes"] + db["volumes"]}
    assert volumes == set(compose["volumes"])


def test_expectations_of_the_dns_check():
    [text] = blocks(DOCS / "dns.rst", "json")
    assert Expectations.from_dict(json.loads(text)).dkim


# --- The app store's page


def test_page_of_the_app_store():
    """The store allows no scripts, no style sheets and nothing from elsewhere."""
    folder = ROOT / "static" / "description"
    text = (folder / "index.html").read_text()
    assert not re.search(r"<(script|link|style|iframe|object)\b|\bon\w+=|https?://|//", text)
    for name in re.findall(r'src="([^"]+)"', text):
        assert (folder / name).stat().st_size < 300_000, name
    assert (folder / "icon.png").exists()
