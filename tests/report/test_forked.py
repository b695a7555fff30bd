"""Kernels forked from what is loaded: the same outputs as spawned ones, and nothing handed on."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path

import pytest

from research.data import catalog
from research.errors import InputError
from research.report.execute import Step
from research.report.files import run_files
from research.report.forked import AHEAD, kernel_kind
from research.report.manifest import read_manifest
from research.report.plan import plan
from research.report.run import _ENVIRONMENT, BUILD, _context, run_each

RENDER = "research.report.pages.page:render"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="nothing is forked there")

SHOWS = """
import sys, warnings
import matplotlib.pyplot as plt, numpy as np, pandas as pd
from research.data import load_table
display(load_table("tariffs/gdp_forecasts"), pd.DataFrame(np.arange(90.0).reshape(3, 30) / 7))
warnings.warn("a warning", DeprecationWarning)
np.array([1.0]) / 0
print({*"hash order"}, np.random.default_rng(7).normal(size=3), file=sys.stderr)
plt.plot([1, 2], [3, 5])
plt.title("Two points")
""".strip()

STATE = """
import json, random, sys, warnings
import matplotlib as mpl, numpy as np, pandas as pd
kept = [pd.get_option("display.precision"), mpl.rcParams["lines.linewidth"], os.getcwd(),
        {name: text for name, text in os.environ.items() if name not in OWN},
        sys.path, [str(one) for one in warnings.filters], sorted(sys.modules)]
print(json.dumps([kept, [random.random(), np.random.random()]]))
"""

DIRT = """
pd.set_option("display.precision", 2)
mpl.rcParams["lines.linewidth"] = 9
os.environ["LEFT_BEHIND"] = "yes"
sys.path.append("/left/behind")
warnings.simplefilter("ignore")
import antigravity_of_toy
os.chdir("/")
random.seed(7), np.random.seed(7)
"""

OWN = 'OWN = ("IPYTHONDIR", "JPY_PARENT_PID", "PYTEST_CURRENT_TEST")\nimport os'


@pytest.fixture
def start(toy, root, monkeypatch):
    """Run the toy's first notebook, with cells of ours behind its own; gives outcome and page."""

    def run(kind, *cells, listen=lambda run, news: None, change=None, **values):
        notebook = json.loads((root / "notebooks/01_one.ipynb").read_text())
        made = [
            {"cell_type": "code", "id": f"more-{number}", "metadata": {}, "source": source}
            | {"execution_count": None, "outputs": []}
            for number, source in enumerate(cells)
        ]
        notebook["cells"][7:] = made
        (root / "notebooks/01_one.ipynb").write_text(json.dumps(notebook))
        monkeypatch.setenv("RESEARCH_KERNEL", kind)
        pairs = [(name, str(value)) for name, value in values.items()]
        (request,) = plan(toy.SPECS, names=["01_one"], values=pairs, label="x")
        request = replace(request, spec=replace(request.spec, **(change or {})))
        work = (BUILD, "toy_project:render_outputs")
        (outcome,) = run_each([request], *work, jobs=1, force=True, listen=listen)
        page = run_files(request.run).report
        made = read_manifest(run_files(request.run).manifest)[0]
        text = re.sub(r"ipykernel_\d+", "ipykernel", page.read_text() if page.is_file() else "[]")
        return outcome, json.loads(text), made

    return run


def test_outputs_and_inputs_are_those_of_a_spawned_kernel(start, root):
    # A table whose checks look into that of another topic.
    data = Path(__file__).parents[2] / "data"
    for name in ("tariffs/gdp_forecasts", "deal/claims"):
        for file in (f"{name}.csv", f"{name}.yaml"):
            (root / "data" / file).parent.mkdir(exist_ok=True)
            shutil.copyfile(data / file, root / "data" / file)
    with (root / "data/checksums.sha256").open("a") as sums:
        sums.write((data / "checksums.sha256").read_text())
    ask = "import sys; 'forkserver' in sys.orig_argv[-1]"
    (_, forked, one), (_, spawned, other) = (start(x, SHOWS, ask) for x in ("forked", "spawned"))
    assert [cell[0]["data"]["text/plain"] for cell in (forked.pop(), spawned.pop())] == [
        "True",
        "False",
    ]
    assert forked == spawned
    assert "image/png" in json.dumps(forked)
    assert "a warning" in json.dumps(forked)
    assert one["inputs"] == other["inputs"]
    assert one["inputs"]["tables"].keys() == {"deal/events", "tariffs/gdp_forecasts"}
    assert {"data/tables.py", "data/catalog.py"} <= one["inputs"]["source"].keys()


def test_nothing_that_a_run_leaves_is_seen_by_the_next(start, root):
    (root / "antigravity_of_toy.py").write_text("")
    pages = [start("forked", OWN, STATE, DIRT, STATE)[1] for _ in range(2)]
    (first, dirty), (second, _) = (
        [json.loads(page[cell][0]["text"]) for cell in (-3, -1)] for page in pages
    )
    assert first[0] == second[0]
    assert not [one for one, other in zip(first[0], dirty[0], strict=True) if one == other]
    draws = [draw for state in (first, second, dirty) for draw in state[1]]
    assert len({*draws}) == len(draws)  # nor do all begin with the state of the fork server


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"action": "raise"}, "ValueError"),
        ({"action": "die"}, "KernelDied"),
        ({"pause": 30.0}, "CellTimeout"),
    ],
)
def test_what_stops_a_forked_notebook_is_named(start, values, name):
    outcome, *_ = start("forked", change={"cell_timeout_seconds": 2}, **values)
    assert outcome.error["name"] == name


def test_a_forked_kernel_ends_with_its_worker(start, root):
    def kill(run, news):
        if isinstance(news, Step) and news.cell == 5:
            while not (root / "pid").exists():
                time.sleep(0.05)
            active_children()[0].kill()

    tell = "open('pid', 'w').write(str(os.getpid())); time.sleep(60)"
    outcome, *_ = start("forked", tell, listen=kill)
    assert "exit code -9" in outcome.error["message"]
    pid, until = int((root / "pid").read_text()), time.monotonic() + 10
    with suppress(ProcessLookupError):
        while time.monotonic() < until:
            os.kill(pid, 0)
            time.sleep(0.1)
        pytest.fail("the kernel lives on")


def test_what_is_forked_has_one_thread_and_no_topic_and_loads_through_control_c():
    ask = (
        "import importlib, os, signal, sys\n"
        "signal.signal(signal.SIGINT, hears := signal.default_int_handler)\n"
        "load = importlib.import_module\n"
        "stop = lambda: signal.raise_signal(signal.SIGINT)\n"
        "importlib.import_module = lambda *a, **k: stop() or load(*a, **k)\n"
        "import research.report.forked, research.report.build\n"
        "assert 'rfc3987_syntax.syntax_helpers' not in sys.modules, 'it takes two seconds'\n"
        "assert signal.getsignal(signal.SIGINT) is hears\n"
        "print(sum(1 for _ in os.scandir('/proc/self/task')) if os.path.isdir('/proc') else 1)\n"
        "print([name for name in sys.modules if name.split('.')[1:2] in "
        "[['events'], ['jobs'], ['tariffs'], ['deal']] and name.startswith('research.')])"
    )
    ahead = json.dumps({"tables": ["deal/events"], "modules": [RENDER.partition(":")[0]]})
    environment = {**os.environ, **_ENVIRONMENT, AHEAD: ahead}
    told = subprocess.run(
        [sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.split("\n")[:2] == ["1", "[]"]


def test_another_way_to_start_kernels_is_refused(monkeypatch):
    monkeypatch.setenv("RESEARCH_KERNEL", "threaded")
    with pytest.raises(InputError) as caught:
        kernel_kind()
    assert "asked for forked or spawned; found 'threaded'" in str(caught.value.faults[0])


def test_tables_of_runs_that_are_unknown_are_read_ahead_for_several(toy, root, monkeypatch):
    ahead = []
    ensure = "multiprocessing.forkserver.ensure_running"
    monkeypatch.setattr(ensure, lambda: ahead.append(json.loads(os.environ[AHEAD])))
    asked = plan(toy.SPECS)
    _context(asked[:1], False, [RENDER])
    _context(asked[:1], True, [RENDER])
    _context(asked, False, [RENDER])
    assert [set(one["tables"]) for one in ahead] == [set(), *[{*catalog.names()}] * 2]
