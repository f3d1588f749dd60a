"""A moving figure is drawn again long after its cell has run: no later cell may change what it draws with."""

import ast
from collections.abc import Iterator

import jupytext
import pytest
from reading import ROOT, computing


def bound(tree: ast.AST) -> set[str]:
    """Return the global names that a cell binds."""
    names: set[str] = set()
    waiting = list(ast.iter_child_nodes(tree))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif not isinstance(node, ast.Lambda | ast.ListComp | ast.GeneratorExp | ast.DictComp | ast.SetComp):
            waiting += ast.iter_child_nodes(node)
    return names


def functions(tree: ast.AST) -> Iterator[tuple[str, set[str]]]:
    """Yield the name of each function of a cell (its call's, for a lambda) and the names it reads."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            inside = list(ast.walk(node))
            own = {
                a.arg for one in inside if isinstance(one, ast.arguments) for a in one.args + one.kwonlyargs
            }
            own |= {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
            read = {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
            yield getattr(node, "name", "lambda"), read - own


def changed_later(cells: list[str]) -> list[str]:
    """Return, for each figure with a slider, the names it draws with that a later cell binds anew."""
    trees = [ast.parse(cell) for cell in cells]
    reads: dict[str, set[str]] = {}
    found = []
    for number, tree in enumerate(trees):
        here = dict[str, set[str]]()
        for name, names in functions(tree):
            here[name] = here.get(name, set()) | names
        reads |= here
        if not any(isinstance(node, ast.Name) and node.id == "explore" for node in ast.walk(tree)):
            continue
        needed, waiting = set[str](), {"draw", "lambda"}
        while waiting:
            name = waiting.pop()
            needed.add(name)
            waiting |= reads.get(name, set()) - needed
        later = set[str]().union(*(bound(other) for other in trees[number + 1 :]))
        found += [f"{name}, of cell {number + 1}" for name in sorted(needed & later - {"draw"})]
    return found


@pytest.mark.parametrize("name", computing())
def test_no_later_cell_changes_what_a_figure_draws_with(name: str) -> None:
    notebook = jupytext.read(ROOT / f"{name}.md")
    assert changed_later([cell.source for cell in notebook.cells if cell.cell_type == "code"]) == []


def test_a_changed_name_is_found() -> None:
    figure = "def draw(ax, T):\n    ax.plot(helper(T), y)\n\nexplore(draw, alt='a')"
    helper = "k = 2\ny = 1\ndef helper(T):\n    return k * T"
    assert changed_later([helper, figure, "z = 3"]) == []
    assert changed_later([helper, figure, "for k in range(3):\n    pass"]) == ["k, of cell 2"]
    assert changed_later([helper, figure, "x, y = 3, 4"]) == ["y, of cell 2"]
