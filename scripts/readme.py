"""Writes the headline findings of the executed notebooks into README.md.

`.venv/bin/python scripts/readme.py`
"""

import re
from collections.abc import Sequence

from research import paths
from research.errors import Fault, RunError
from research.findings import bundle_of, escaped
from research.report.files import renew
from research.report.notebooks import NOTEBOOKS, NotebookSpec

#: How many headline findings of each notebook are quoted below its question: the answer is first.
QUOTED = 2

_BLOCK = re.compile(r"(<!-- findings[^>]*-->\n).*?(<!-- end of findings -->)", re.DOTALL)


def renew_readme(specs: Sequence[NotebookSpec]) -> bool:
    """Rewrite the findings between the two marks of README.md; say whether they were others.

    A mark that is missing is a `RunError`.
    """
    file = paths.root() / "README.md"
    before = file.read_text(encoding="utf-8")
    block = ""
    for spec in specs:
        heads = [one for one in bundle_of(spec.cells()) if one.headline][:QUOTED]
        answers = (f"- {escaped(one.answer)}\n" for one in heads)
        block += "\n".join(["", f"**{escaped(spec.question)}**", "".join(answers)])
    after, marks = _BLOCK.subn(lambda found: f"{found[1]}{block}\n{found[2]}", before)
    if marks != 1:
        asked = "<!-- findings --> and <!-- end of findings -->, once"
        raise RunError("README.md cannot be renewed.", [Fault("README.md", asked, f"{marks}")])
    return renew(file, after)


if __name__ == "__main__":
    renew_readme(NOTEBOOKS)
