"""A question on the command line: words, JSON, refusals, and a quick start."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from research.cli.commands import app
from research.errors import InputError
from research.jobs import jobs_of
from research.tariffs import what_if

JOBS = ["jobs", "--template", "data centre", "--bn", "2", "--state", "Texas"]
RATE = ["tariff", "--rate", "20", "--elasticities", "ilms"]


@pytest.mark.parametrize(
    ("asked", "door"),
    [
        (JOBS, lambda: jobs_of("data centre", bn_usd=2, state="Texas")),
        (RATE, lambda: what_if(20, elasticity_set="ilms")),
    ],
)
def test_words_and_json_are_those_of_the_result(asked, door):
    answer = door()
    assert CliRunner().invoke(app, ["ask", *asked]).output.strip() == str(answer)
    found = json.loads(CliRunner().invoke(app, ["ask", *asked, "--json"]).output)["findings"]
    assert found == [one.model_dump(mode="json") for one in answer.findings()]


def test_what_cannot_be_asked_is_refused_at_once():
    wrong = ["ask", "jobs", "--template", "data center", "--bn", "0", "--state", "Texass"]
    result = CliRunner().invoke(app, wrong)
    assert isinstance(result.exception, InputError)
    assert len(result.exception.faults) == 3
    assert CliRunner().invoke(app, ["ask", "jobs", "--template", "x", "--bn", "ten"]).exit_code == 2
    wrong = ["ask", "tariff", "--rate", "-1", "--against", "day_befor", "--elasticities", "ilmss"]
    assert len(CliRunner().invoke(app, wrong).exception.faults) == 3


@pytest.mark.parametrize("heavy", ["pandas", "numpy", "research.jobs.model"])
def test_help_loads_no_model(heavy):
    code = f"import sys, research.cli, research.cli.ask; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
