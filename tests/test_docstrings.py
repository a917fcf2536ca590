"""Public functions with several arguments say what each of them is, in a section "Args:".

A function or method needs none of its own where that is said elsewhere: where it overrides a method
of a class of Qt, Keras or the standard library, or where a base class or a `Protocol` of this
program documents a method of the same name with the same arguments.

Constructors say it in `core`, in their own docstring or in that of their class. Those of the window
are left out: they are given the objects that they connect, and their types say which.

What a class lists under "Attributes:" and "Signals:" is there.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("core", "technovae_gui")
SECTION = re.compile(r"^Args:\n((?: .*\n?|\n)*)", re.MULTILINE)
NAMES = re.compile(r"^    (\*{0,2}\w+(?:, \*{0,2}\w+)*):", re.MULTILINE)
MEMBERS = (
    (re.compile(r"^Attributes:\n((?: .*\n?|\n)*)", re.MULTILINE), NAMES),
    (re.compile(r"^Signals:\n((?: .*\n?|\n)*)", re.MULTILINE), re.compile(r"^    (\w+)\(", re.M)),
)
"""What begins a list of members in the docstring of a class, and what names them."""
KERAS_BASES = ("layers/layer.py", "trainers/trainer.py", "callbacks/callback.py")
"""What models, layers and callbacks inherit from: importing keras takes seconds, reading these does
not."""


@dataclass(frozen=True, eq=False)
class Function:
    """A public function, or a method of the public class `owner`, which inherits from `bases`."""

    path: str
    node: ast.FunctionDef | ast.AsyncFunctionDef
    owner: ast.ClassDef | None = None
    bases: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.owner.name}.{self.node.name}" if self.owner else self.node.name

    @property
    def arguments(self) -> frozenset[str]:
        """Names of all but `self`, `*args` and `**kwargs`."""
        found = self.node.args
        every = [*found.posonlyargs, *found.args, *found.kwonlyargs]
        return frozenset(each.arg for each in every) - {"self", "cls"}

    @property
    def unnamed(self) -> frozenset[str]:
        """`*args` and `**kwargs`, which may be documented but need not be."""
        found = (self.node.args.vararg, self.node.args.kwarg)
        return frozenset(each.arg for each in found if each)

    @property
    def documented(self) -> frozenset[str]:
        """Names in the section "Args:"; that of a constructor may stand in its class."""
        texts = [ast.get_docstring(self.node)]
        if self.owner is not None and self.node.name == "__init__":
            texts.append(ast.get_docstring(self.owner))
        lines = [
            line
            for text in texts
            for section in SECTION.findall(text or "")
            for line in NAMES.findall(section)
        ]
        return frozenset(name.strip("* ") for line in lines for name in line.split(","))

    @property
    def is_told(self) -> bool:
        return self.arguments <= self.documented


def functions(path: str, tree: ast.Module) -> Iterator[Function]:
    """The public functions of a module, with constructors and `__call__`."""
    imports = imported(tree)
    for node in tree.body:
        if is_function(node) and is_public(node):
            yield Function(path, node)
        elif isinstance(node, ast.ClassDef) and is_public(node):
            bases = tuple(dotted(base, imports) for base in node.bases)
            for method in node.body:
                if is_function(method) and is_public(method):
                    yield Function(path, method, node, bases)


def is_function(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def is_public(node: ast.stmt) -> bool:
    return not node.name.startswith("_") or node.name in ("__init__", "__call__")


def imported(tree: ast.Module) -> dict[str, str]:
    """Dotted names of what a module imports, by the names that it has there."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            found.update({it.asname or it.name: f"{node.module}.{it.name}" for it in node.names})
        elif isinstance(node, ast.Import):
            found.update({it.asname: it.name for it in node.names if it.asname})
    return found


def dotted(base: ast.expr, imports: dict[str, str]) -> str:
    """The whole name of a base class; `Generic[Key]` is `typing.Generic`."""
    head, dot, tail = ast.unparse(base).partition("[")[0].partition(".")
    return imports.get(head, head) + dot + tail


@cache
def program() -> list[Function]:
    paths = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return [
        function
        for path in paths
        for function in functions(
            path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))
        )
    ]


@cache
def methods() -> dict[str, list[Function]]:
    """Those of the public classes of the program, by the whole name of the class."""
    found: dict[str, list[Function]] = {}
    for each in program():
        if each.owner is not None:
            module = each.path.removesuffix(".py").replace("/", ".")
            found.setdefault(f"{module}.{each.owner.name}", []).append(each)
    return found


@cache
def told_by_protocols() -> set[tuple[str, frozenset[str]]]:
    """Name and arguments of each method that a `Protocol` documents."""
    protocols = (each for each in program() if "typing.Protocol" in each.bases)
    return {(each.node.name, each.arguments) for each in protocols if each.is_told}


@cache
def keras_methods() -> frozenset[str]:
    spec = find_spec("keras")
    assert spec is not None
    assert spec.origin is not None
    files = [Path(spec.origin).parent / "src" / path for path in KERAS_BASES]
    nodes = (node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8"))))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef))


def is_told_by(base: str, function: Function) -> bool:
    """Whether a class, or one that it inherits from, has a documented method like `function`."""
    name = function.node.name
    if base in methods():
        inherited = {more for each in methods()[base] for more in each.bases}
        return any(
            each.node.name == name and function.arguments <= each.documented
            for each in methods()[base]
        ) or any(is_told_by(more, function) for more in inherited)
    if ".keras." in base:
        return name in keras_methods()
    module, _, attribute = base.rpartition(".")
    return bool(module) and hasattr(getattr(importlib.import_module(module), attribute), name)


def is_told_elsewhere(function: Function) -> bool:
    if function.node.name == "__init__":
        return not function.path.startswith("core/")
    if function.owner is not None and (
        (function.node.name, function.arguments) in told_by_protocols()
    ):
        return True
    return any(is_told_by(base, function) for base in function.bases)


def fault(function: Function) -> str | None:
    """One line on what the docstring of a function lacks, or has too much."""
    place = f"{function.path}:{function.node.lineno}: {function.name}"
    strange = function.documented - function.arguments - function.unnamed
    if strange:
        return f'{place}: its "Args:" has {", ".join(sorted(strange))}, which it does not take'
    missing = function.arguments - function.documented
    if len(function.arguments) < 2 or not missing or is_told_elsewhere(function):
        return None
    return f'{place}: its docstring lacks "Args:" for {", ".join(sorted(missing))}'


def test_public_functions_say_what_their_arguments_are() -> None:
    faults = [line for line in map(fault, program()) if line]
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


def members(owner: ast.ClassDef) -> set[str]:
    """Names that a class, or one of its methods, gives a value or a function."""
    found = {node.name for node in owner.body if is_function(node)}
    for node in ast.walk(owner):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
    return found


def test_classes_have_the_attributes_and_signals_that_they_list() -> None:
    faults = []
    for path in sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        nodes = ast.walk(ast.parse(path.read_text("utf-8")))
        for owner in (node for node in nodes if isinstance(node, ast.ClassDef)):
            text = ast.get_docstring(owner) or ""
            for section, names in MEMBERS:
                lines = [line for found in section.findall(text) for line in names.findall(found)]
                listed = {name.strip() for line in lines for name in line.split(",")}
                faults += [f"{path}: {owner.name}: {it}" for it in listed - members(owner)]
    assert not faults
