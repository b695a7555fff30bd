"""Single mutants of numerical and runner modules, and whether the tests kill them.

`python -m studies.mutants draw FILE` draws 60 with a seed (operators, comparisons, constants),
`cover FILE` runs the tests once and notes which test passes which drawn line, `kill FILE [SECONDS]`
puts one mutant at a time into a copy of the checkout and runs those tests, or all of its topic.
"""

from __future__ import annotations

import ast
import copy
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SEED, MANY, LIMIT_SECONDS, MOST_TESTS = 60, 60, 240, 60

#: Folders of the package that compute or run, and where their tests stand.
TOPICS = {
    "events": "events",
    "jobs": "jobs",
    "tariffs": "tariffs",
    "deal": "deal",
    "data": "data",
    "report": "report",
}

#: What words and draws, in the names of modules, is no number.
_NOT = ("caption", "finding", "words", "assum", "chart", "page", "codebook", "table.py", "figure")

_SWAPS: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


def places(tree: ast.Module) -> Iterator[ast.AST]:
    """Go through what can be mutated, in the order of the file, outside annotations."""
    notes = {
        id(part)
        for node in ast.walk(tree)
        for note in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if note
        for part in ast.walk(note)
    }
    text = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr | ast.Raise)
        or (isinstance(node, ast.Call) and "Fault" in ast.dump(node.func))
        for part in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in notes | text:
            continue
        op = node.ops[0] if isinstance(node, ast.Compare) else getattr(node, "op", None)
        number = isinstance(node, ast.Constant) and type(node.value) in (int, float)
        if (number or type(op) in _SWAPS) and not _joins_text(node):
            yield node


def _joins_text(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and any(
        isinstance(x, ast.Constant) and isinstance(x.value, str) for x in ast.walk(node)
    )


def mutated(source: str, number: int) -> tuple[str, str]:
    """Give a module with one place changed, and what was changed."""
    tree = ast.parse(source)
    node = list(places(tree))[number]
    before = ast.unparse(node)
    changed = copy.copy(node)
    if isinstance(node, ast.Compare):
        node.ops = [_SWAPS[type(node.ops[0])](), *node.ops[1:]]
    elif isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign):
        node.op = _SWAPS[type(node.op)]()
    elif isinstance(node, ast.Constant):
        node.value = (
            changed.value + 1 if isinstance(changed.value, int) else changed.value * 1.5 + 0.1
        )
    return ast.unparse(tree), f"{before[:80]} -> {ast.unparse(node)[:80]}"


def draw() -> list[dict[str, Any]]:
    """Draw the sample: each place of each module is as likely as any other."""
    found = []
    for topic in TOPICS:
        for file in sorted((ROOT / "src" / "research" / topic).rglob("*.py")):
            name = file.relative_to(ROOT).as_posix()
            if any(part in name for part in _NOT):
                continue
            nodes = list(places(ast.parse(file.read_text())))
            found += [(topic, name, k, node.lineno) for k, node in enumerate(nodes)]
    chosen = sorted(random.Random(SEED).sample(found, MANY))  # noqa: S311 - no secret
    return [
        {
            "topic": t,
            "file": f,
            "place": k,
            "line": line,
            "change": mutated((ROOT / f).read_text(), k)[1],
        }
        for t, f, k, line in chosen
    ]


class Cover:
    """A pytest plugin that notes which tests pass the drawn lines."""

    def __init__(self, wanted: list[dict[str, Any]]) -> None:
        import coverage

        files = sorted({str(ROOT / one["file"]) for one in wanted})
        self.wanted = wanted
        self.coverage = coverage.Coverage(data_file=None, include=files, config_file=False)
        self.failed: set[str] = set()
        self.coverage.start()

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note what fails without any mutant."""
        if report.failed:
            self.failed.add(report.nodeid)

    def pytest_runtest_logstart(self, nodeid: str, location: object) -> None:
        """Give what runs from here on the name of the test."""
        self.coverage.switch_context(nodeid)

    def pytest_sessionfinish(self, session: object) -> None:
        """Write the tests of each line down."""
        self.coverage.stop()
        data = self.coverage.get_data()
        for one in self.wanted:
            lines = data.contexts_by_lineno(str(ROOT / one["file"]))
            one["tests"] = sorted(set(lines.get(one["line"], [])) - self.failed - {""})


def cover(wanted: list[dict[str, Any]]) -> None:
    """Run the tests of all topics once, in this process."""
    import pytest

    folders = [f"tests/{name}" for name in TOPICS.values() if (ROOT / "tests" / name).is_dir()]
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--continue-on-collection-errors"]
    pytest.main([*options, *folders], plugins=[Cover(wanted)])


def _first_failing(tests: list[str], copy_of: Path, limit: float) -> str | None:
    """Run tests in the copy until one fails, and name it; none if all pass in time."""
    command = [sys.executable, "-m", "pytest", "-qx", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": f"{copy_of / 'src'}:{copy_of}"}
    with subprocess.Popen(  # noqa: S603 - pytest on our own tests
        command,
        cwd=copy_of,
        env=environment,
        start_new_session=True,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as running:
        try:
            printed, _ = running.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            return "in time"
    lines = [x for x in printed.splitlines() if x.startswith(("FAILED ", "ERROR "))]
    if lines:
        return lines[0].split(" ", 1)[1].split(" - ")[0]
    return "the start of pytest" if running.returncode else None


def kill(one: dict[str, Any], copy_of: Path, limit: float) -> str:
    """Say which test kills a mutant, or that it survived.

    A test that fails without the mutant as well proves nothing and is left out.
    """
    file = copy_of / one["file"]
    source = file.read_text()
    tests = one.get("tests") or [f"tests/{TOPICS[one['topic']]}"]
    tests = tests[:: max(1, len(tests) // MOST_TESTS)]
    left_out: list[str] = []
    while True:
        try:
            file.write_text(mutated(source, one["place"])[0])
            failing = _first_failing([*tests, *left_out], copy_of, limit)
        finally:
            file.write_text(source)
        if failing is None:
            return "survived"
        again = [failing] if "::" in failing else [*tests, *left_out]
        if _first_failing(again, copy_of, limit) is None:
            return f"killed: {failing}"
        if "::" not in failing:
            return f"unknown: without the mutant too {failing}"
        left_out += ["--deselect", failing]


def main(arguments: list[str]) -> None:
    """Draw, cover or kill."""
    what, name, *rest = arguments
    file = Path(name)
    wanted = draw() if what == "draw" else json.loads(file.read_text())
    if what == "cover":
        cover(wanted)
    if what == "kill":
        with tempfile.TemporaryDirectory() as folder:
            copy_of = Path(folder) / "checkout"
            leave = shutil.ignore_patterns(".git", ".venv", "node_modules", "__pycache__")
            shutil.copytree(ROOT, copy_of, ignore=leave)
            for one in wanted:
                if one.get("outcome"):
                    continue
                one["outcome"] = kill(one, copy_of, float(rest[0]) if rest else LIMIT_SECONDS)
                print(one["outcome"], f"{one['file']}:{one['line']}", one["change"], flush=True)
                file.write_text(json.dumps(wanted, indent=1) + "\n")
        dead = sum(one["outcome"].startswith("killed") for one in wanted)
        print(f"{dead} of {len(wanted)} killed")
    file.write_text(json.dumps(wanted, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
