"""A notebook that reads the findings of another report: order, staleness and what is refused."""

import json
from pathlib import Path

import pytest

from research.errors import InputError
from research.findings import MIME
from research.report.evidence import findings_of, href
from research.report.files import run_files
from research.report.manifest import read_manifest, stale_reasons
from research.report.plan import plan
from research.report.run import BUILD, run_each

KEPT = "reports/01_one.findings.json"

READS = f"""sys.path.insert(0, {str(Path(__file__).parents[1] / "toy")!r})
import toy_project
from research.report.evidence import findings_of, href
found = findings_of('01_one', specs=toy_project.SPECS)['toy.answer']
print(found.answer + ' ' + href(found.id))"""


def reading(toy, code, name="02_two"):
    """Let a notebook of the toy project run this code before its last cell."""
    spec = next(spec for spec in toy.SPECS if spec.name == name)
    toy.write_notebook(spec.path, [*toy._CELLS[:-1], ("code", code, []), toy._CELLS[-1]])


@pytest.fixture
def requests(toy, built, monkeypatch):
    """The first notebook, built, and the second, which reads it."""
    monkeypatch.delenv("RESEARCH_FINDINGS", raising=False)
    reading(toy, READS)
    return plan(toy.SPECS, names=["02_two"])


def states(requests, **more):
    done = run_each(requests, BUILD, "toy_project:render", jobs=2, **more)
    return {one.run: one.state for one in done}


def test_what_is_read_comes_first_and_a_change_of_it_makes_its_reader_stale(root, requests):
    assert [(one.run, one.asked) for one in requests] == [("01_one", False), ("02_two", True)]
    assert states(requests, force=True) == {"01_one": "fresh", "02_two": "built"}
    page = root / "reports/02_two.html"
    assert "It runs. 01_one.html#finding-toy-answer" in page.read_text()
    first, second = ((one, run_files(one.run)) for one in requests)
    digests = read_manifest(second[1].manifest)[0]["inputs"]["files"]
    assert digests == {KEPT: read_manifest(first[1].manifest)[0]["files"]["01_one.findings.json"]}
    assert [stale_reasons(*one) for one in (first, second)] == [[], []]
    # Built anew, to say the same: its reader has nothing to do.
    first[1].report.write_text("edited")
    assert stale_reasons(*second) == ["01_one, which it reads, is not up to date"]
    assert states(requests) == {"01_one": "built", "02_two": "fresh"}
    # To say something else, although nobody asks for it.
    notebook = first[0].spec.path
    notebook.write_text(notebook.read_text().replace("It runs.", "It walks."))
    assert states(requests) == {"01_one": "built", "02_two": "built"}
    assert "It walks." in page.read_text()


def test_a_reader_waits_and_is_not_run_where_what_it_reads_fails(toy, requests):
    reading(toy, "raise ValueError(1)", "01_one")
    *_, lost = run_each(requests[::-1], BUILD, "toy_project:render", jobs=2)
    assert (lost.run, lost.state, lost.error["name"]) == ("02_two", "failed", "NotRun")
    assert "the findings of 01_one: mend that first" in lost.error["message"]
    assert not run_files("02_two").failed_manifest.exists()


@pytest.mark.parametrize("broken", ["is gone", "is not the one its manifest", "notebook changed"])
def test_findings_that_are_not_those_of_today_are_refused_with_what_to_run(
    toy, root, requests, broken
):
    file = root / KEPT
    if broken == "is gone":
        file.unlink()
    elif broken == "notebook changed":
        reading(toy, "'more'", "01_one")
    else:
        file.write_text(file.read_text().replace("It runs.", "It flies."))
    with pytest.raises(InputError) as refused:
        findings_of("01_one", "02_two", specs=toy.SPECS)
    first, second = map(str, refused.value.faults)
    assert broken in first
    assert "Run: research run 01_one" in first
    assert "found not built yet; 01_one, which it reads, is not up to date" in second


def test_stored_outputs_stand_for_reports_where_asked(toy, root, requests, monkeypatch):
    monkeypatch.setenv("RESEARCH_FINDINGS", "stored")
    with pytest.raises(InputError, match="01_one: asked for findings"):
        findings_of("01_one", specs=toy.SPECS)
    file = toy.SPECS[0].path
    notebook = json.loads(file.read_text())
    stored = {"findings": json.loads((root / KEPT).read_text())["findings"]}
    notebook["cells"][-1]["outputs"] = [{"data": {MIME: stored}}]
    file.write_text(json.dumps(notebook))
    assert findings_of("01_one", specs=toy.SPECS)["toy.answer"].answer == "It runs."
    with pytest.raises(InputError, match=r"Did you mean toy\.answer"):
        href("toy.answers")


def test_a_name_that_leads_nowhere_is_a_fault(toy):
    reading(toy, "findings_of('01_won')")
    with pytest.raises(InputError, match=r"found '01_won'. Did you mean 01_one\?"):
        plan(toy.SPECS, names=["02_two"])
