"""Pages, files and programs read figures from one place, behind which nothing knows a count that is hidden."""

import ast
from pathlib import Path

import outreach

ROOT = Path(outreach.__file__).parent
EXACT = {"Rollup", "Margin", "PeopleSet", "CohortRollup", "StoryRollup", "SnapshotCells", "sealed", "counts", "people"}
"""What holds exact counts in ``outreach.reach``: models and modules."""

MAY_KNOW = {
    "reach/counts.py", "reach/people.py", "reach/rollups.py", "reach/ledger_rows.py", "reach/models.py",
    "reach/provisional.py", "models.py",
}  # fmt: skip
"""Those that count, and the one that rounds what can still change; and :mod:`outreach.reach.snapshots`, which hides."""

NAMES_ONLY = {"ALL", "AXES", "OPEN", "GENDERS", "KNOWN_BY", "Key", "key_of", "times_place", "OTHER_REASON"}
"""What says only how cells are named."""


def exact_imports(path):
    """What a module imports of that which holds exact counts."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom):
            continue
        module, names = node.module or "", {each.name for each in node.names}
        is_of_reach = "reach" in module or (node.level > 0 and "reach" in path.parts)
        if not is_of_reach or names <= NAMES_ONLY:
            continue
        if module.rpartition(".")[2] in EXACT or names & EXACT:
            found.add(module)
    return found


def test_nothing_but_what_counts_hides_or_rounds_imports_exact_counts():
    found = {
        str(path.relative_to(ROOT)): exact_imports(path)
        for path in sorted(ROOT.rglob("*.py"))
        if "snapshots" not in path.parts and "migrations" not in path.parts
    }
    assert {name for name, imports in found.items() if imports} - MAY_KNOW == set()


def test_a_module_that_imports_exact_counts_is_found():
    assert exact_imports(ROOT / "reach" / "provisional.py")
    assert not exact_imports(ROOT / "reach" / "figures.py")
