"""Which of the instructor's set-up statements a submission's own code can depend on.

Set-up cells load data, train and draw pictures that most answers never touch; running them costs
more than everything that is graded. What the learner's code cannot reach by any name is left out.
Nothing is executed here, and the rule errs on the side of keeping: a statement stays if it binds
a name that is needed, or touches a variable that is needed and so may change it.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

# Whoever reads names from text can read any name.
DYNAMIC = {"eval", "exec", "globals", "locals", "vars", "get_ipython"}
DYNAMIC_TEXT = ("__main__", "f_globals", "__globals__")
# What Python raises for a source that it cannot read: magics, null bytes, nesting without end.
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True)
class Statement:
    """One top-level statement: the names it binds, reads (in nested functions too) and changes.

    inert: it only defines or imports. on_module: the module of a bare call such as
    `torch.manual_seed(0)`, or "".
    """

    source: str
    binds: frozenset[str]
    reads: frozenset[str]
    inert: bool
    on_module: str


def only_needed(setup: Sequence[str], own: Sequence[str]) -> list[str]:
    """Of each set-up cell, the statements that the learner's own sources may depend on.

    setup: the sources of the instructor's cells, in the order in which they run. own: the
    learner's, of any content. Where names cannot be told (magics, `eval` …), everything is kept.
    """
    try:
        needed = set[str]().union(*(_all_names(source) for source in own))
        cells = [statements(source) for source in setup]
    except UNREADABLE:
        return list(setup)
    if needed & DYNAMIC or any(text in source for source in own for text in DYNAMIC_TEXT):
        return list(setup)
    kept = _kept([each for cell in cells for each in cell], needed)
    return [
        source if kept.issuperset(cell) else "\n".join(e.source for e in cell if e in kept)
        for source, cell in zip(setup, cells, strict=True)
    ]


@cache
def statements(source: str) -> tuple[Statement, ...]:
    """The top-level statements of a cell; raises SyntaxError."""
    return tuple(_statement(node) for node in ast.parse(source).body)


def _statement(node: ast.stmt) -> Statement:
    source = ast.unparse(node)
    binds, reads = _names(symtable.symtable(source, "setup", "exec"))
    definition = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    on_module = ""
    match node:
        case ast.Expr(ast.Call(ast.Attribute() as function)):
            on_module = _root(function)
    for part in ast.walk(node):  # `x[0] = 1` and `x.grad = None` change x
        if isinstance(part, ast.Attribute | ast.Subscript) and not isinstance(part.ctx, ast.Load):
            binds.add(_root(part))
    inert = isinstance(node, definition)
    return Statement(source, frozenset(binds), frozenset(reads), inert, on_module)


def _names(table: symtable.SymbolTable) -> tuple[set[str], set[str]]:
    """The global names that code binds and those that it reads."""
    top = table.get_type() == "module"
    binds, reads = set(), set()
    for symbol in table.get_symbols():
        name = symbol.get_name()
        if top and (symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()):
            binds.add(name)
        if not top and symbol.is_declared_global() and symbol.is_assigned():
            binds.add(name)
        if symbol.is_referenced() and (top or symbol.is_global()):
            reads.add(name)
    for child in table.get_children():
        inner_binds, inner_reads = _names(child)
        binds |= inner_binds
        reads |= inner_reads
    return binds, reads


def _all_names(source: str) -> set[str]:
    return set[str]().union(*_names(symtable.symtable(source, "own", "exec")))


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _kept(every: Sequence[Statement], needed: set[str]) -> set[Statement]:
    """The statements that what is needed may depend on; `needed` grows with what they read."""
    modules = {n for each in every if each.inert for n in each.binds}
    variables = {n for each in every if not each.inert for n in each.binds}
    bodies = {n: each.reads | each.binds for each in every if each.inert for n in each.binds}
    kept: set[Statement] = set()
    grown = True
    while grown:
        grown = False
        for each in reversed(every):
            if each not in kept and not needed.isdisjoint(
                _changes(each, modules, variables, bodies)
            ):
                kept.add(each)
                needed |= each.reads if each.inert else each.reads | each.binds
                grown = True
    return kept


def _changes(
    each: Statement, modules: set[str], variables: set[str], bodies: dict[str, frozenset[str]]
) -> set[str]:  # fmt: skip
    """The names whose values a statement may change."""
    if each.inert:
        return set(each.binds)
    touched: set[str] = set()
    more = set(each.reads)
    while more:
        name = more.pop()
        touched.add(name)
        more |= bodies.get(name, frozenset()) - touched
    return each.binds | (touched & variables) | ({each.on_module} & modules)
