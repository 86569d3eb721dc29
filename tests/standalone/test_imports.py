"""What may import what: the addon nothing of `dev` and `lab`, `dev` nothing of `lab`, the sandbox
nothing of the addon, and no module of the sandbox one that imports it."""

import ast
from graphlib import TopologicalSorter

from dev.paths import ROOT

DEVELOPERS = {"dev", "lab", "tests"}
FOLDERS = [path for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "."]
ADDON = {path.name for path in FOLDERS} - DEVELOPERS
SANDBOX = {f".{path.stem}": path for path in ROOT.glob("lab/sandbox/[!_]*.py")}


def imported(path):
    """The modules that a file imports; those beside it as ".name"."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield "." * node.level + node.module
        elif isinstance(node, ast.ImportFrom):
            yield from ("." * node.level + alias.name for alias in node.names)


def importers(paths, packages):
    """Which of the files import one of the top-level packages."""
    paths = list(paths)
    assert paths
    return [
        str(path.relative_to(ROOT))
        for path in paths
        if packages & {name.partition(".")[0] for name in imported(path)}
    ]


def test_the_addon_imports_nothing_of_its_developers():
    files = [*ROOT.glob("*.py"), *(file for name in ADDON for file in (ROOT / name).rglob("*.py"))]
    assert importers(files, DEVELOPERS) == []


def test_commands_do_not_import_the_laboratory():
    assert importers((ROOT / "dev").rglob("*.py"), {"lab"}) == []


def test_the_sandbox_is_independent_of_the_addon():
    assert importers((ROOT / "lab" / "sandbox").glob("*.py"), ADDON) == []


def test_no_module_of_the_sandbox_imports_one_that_imports_it():
    graph = {name: SANDBOX.keys() & set(imported(path)) for name, path in SANDBOX.items()}
    assert any(graph.values())
    TopologicalSorter(graph).prepare()  # raises CycleError
