"""What the documents name is there: commands and their options, files, modules, make targets."""

from __future__ import annotations

import argparse
import importlib.util
import re
import shlex
from pathlib import Path

import pytest

from core.cli import arguments

ROOT = Path(__file__).parent.parent
INSTALLED = ("core/data", "technovae_gui/engine/core")
"""Folders that only an installation has."""
NAMES = (
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "docs/manual.md",
    "docs/compatibility.md",
    "benchmarks/RESULTS.md",
)
DOCUMENTS = {name: (ROOT / name).read_text("utf-8") for name in NAMES}
EACH = pytest.mark.parametrize("name", NAMES)
PARSER = arguments.build()
COMMAND = re.compile(
    r"^(?:[.]venv/bin/)?technovae (\w+ .*?)\s*(?:#.*)?$|`technovae (\w+ [^`]*)`", re.M
)
PLACEHOLDER = re.compile(r"\b[A-Z]{2,}\b|[\[\]]|[.]{3}")
IN_CODE = re.compile(r"`([^`\n]+)`")
FOLDERS = (
    "core",
    "technovae_gui",
    "tests",
    "benchmarks",
    "resources",
    "docs",
    "[.]ci",
    "[.]github",
)
DOTTED = re.compile(r"(?<![\w./])(?:core|technovae_gui|benchmarks)(?:\.\w+)+")
IN_TREE = re.compile(rf"(?<![\w/])(?:{'|'.join(FOLDERS)})(?:/[\w.]+)+")


def commands() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command."""
    (choice,) = [it for it in PARSER._actions if isinstance(it, argparse._SubParsersAction)]
    return dict(choice.choices)


def stated(text: str) -> list[str]:
    """The complete commands in a document, without those whose arguments are only described."""
    found = ("".join(groups) for groups in COMMAND.findall(text))
    return [it for it in found if it.split()[0] in commands() and not PLACEHOLDER.search(it)]


@EACH
def test_commands_can_be_typed_as_they_are_stated(name: str) -> None:
    for command in stated(DOCUMENTS[name]):
        assert PARSER.parse_args(shlex.split(command)).command == command.split()[0], command


def test_the_readme_lists_every_command_with_options_that_there_are() -> None:
    rows = re.findall(r"^\| `technovae (\w+)(.*)$", DOCUMENTS["README.md"], re.M)
    assert {command for command, _ in rows} | {"import"} == set(commands())
    for command, described in rows:
        options = set(commands()[command]._option_string_actions)
        assert set(re.findall(r"--[a-z][a-z-]*", described)) <= options, command


@EACH
def test_make_knows_the_targets(name: str) -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    named = re.findall(r"(?:^|`)make ([a-z]+)", DOCUMENTS[name], re.M)
    assert set(named) <= set(targets)


@EACH
def test_modules_that_are_run_are_there(name: str) -> None:
    for module, variants in re.findall(r"python -m ([\w.]+)([|\w]*)", DOCUMENTS[name]):
        parent = module.rpartition(".")[0]
        for each in (module, *(f"{parent}.{it}" for it in filter(None, variants.split("|")))):
            assert importlib.util.find_spec(each.removesuffix(".")), each


@EACH
def test_files_that_are_named_are_there(name: str) -> None:
    text = DOCUMENTS[name].partition("## Old and new names")[0]
    links = re.findall(r"\]\(([^):]+)\)", text)
    headings = {f"#{it.lower().replace(' ', '-')}" for it in re.findall("^#+ (.*)$", text, re.M)}
    files = set(links) - headings
    missing = [it for it in files if not ((ROOT / name).parent / it).exists()]
    paths = {it for code in IN_CODE.findall(text) for it in IN_TREE.findall(code)}
    missing += [it for it in paths.difference(INSTALLED) if not (ROOT / it).exists()]
    assert not missing


@EACH
def test_modules_classes_and_functions_that_are_named_are_there(name: str) -> None:
    text = DOCUMENTS[name].partition("## Old and new names")[0]
    named = {it for code in IN_CODE.findall(text) for it in DOTTED.findall(code)} - {"core.x"}
    assert not [it for it in named if not is_defined(it)]


def is_defined(dotted: str) -> bool:
    """Whether a name as in `core.dsp.key.Key` is that of a package, a module or what one defines;
    read, not imported."""
    place, names = ROOT, dotted.split(".")
    while names and (place / names[0]).is_dir():
        place /= names.pop(0)
    if names and (place / f"{names[0]}.py").is_file():
        source = place / f"{names.pop(0)}.py"
    else:
        source = place / "__init__.py"
    pattern = rf"^(?:class |def )?{names[0]}\b|\bimport .*\b{names[0]}\b" if names else ""
    return source.is_file() and re.search(pattern, source.read_text("utf-8"), re.M) is not None


def test_tests_of_compatibility_are_there() -> None:
    rows = re.findall(r"^\|.*\|([^|]*)\|$", DOCUMENTS["docs/compatibility.md"], re.M)
    named = {it for row in rows for it in IN_CODE.findall(row) if it.endswith(".py")}
    assert named
    assert not [it for it in named if not (ROOT / "tests/core" / it).exists()]
