"""Tutorials are run block by block, and what they print is what stands in the page."""

import contextlib
import io
import re
import shlex

import pytest
from typer.testing import CliRunner

from research import paths
from research.cli.commands import app

FOLDER = paths.root() / "docs" / "tutorials"

#: One screen.
MOST_LINES = 45

#: A block of code, and the block of text behind it that says what it prints.
BLOCK = re.compile(
    r"```(?P<kind>python|sh)\n(?P<code>.*?)```(?:\s*```text\n(?P<shown>.*?)```)?", re.DOTALL
)


def printed_by_commands(code):
    """Run the lines of a block that call the project's command."""
    out = []
    for line in code.splitlines():
        name, *words = shlex.split(line, comments=True) or [""]
        if name.endswith("research"):
            result = CliRunner(env={"COLUMNS": "100"}).invoke(app, words)
            assert result.exit_code == 0, (line, result.output, result.exception)
            out.append(result.output)
    return "".join(out)


def told(page, folder):
    """Give for each block that shows what it prints: that, and what it prints."""
    space, pairs = {}, []
    with contextlib.chdir(folder):
        for block in BLOCK.finditer(page):
            if block["kind"] == "sh":
                found = printed_by_commands(block["code"])
            else:
                with contextlib.redirect_stdout(io.StringIO()) as out:
                    exec(compile(block["code"], "tutorial", "exec"), space)
                found = out.getvalue()
            pairs.append((block["shown"], found))
    return pairs


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.md")), ids=lambda file: file.stem)
def test_a_tutorial_prints_what_it_shows(file, tmp_path):
    page = file.read_text(encoding="utf-8")
    assert len(page.splitlines()) <= MOST_LINES
    pairs = told(page, tmp_path)
    assert any(shown for shown, _ in pairs)
    for shown, found in pairs:
        assert found.rstrip() == (shown or "").rstrip()


def test_a_tutorial_that_shows_something_else_is_seen(tmp_path):
    page = "```python\nx = 2\nprint(x)\n```\n\n```text\n3\n```\n"
    assert told(page, tmp_path) == [("3\n", "2\n")]
