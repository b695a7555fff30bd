"""``research list WORD``: what a notebook or a door can be asked about, from the tables."""

import pytest
from typer.testing import CliRunner

from research.cli.commands import app
from research.data import load_table
from research.errors import InputError
from research.report.plan import scenario_names


def lines_of(word):
    result = CliRunner().invoke(app, ["list", word])
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


@pytest.mark.parametrize(
    ("word", "ids", "line"),
    [
        ("events", lambda: load_table("deal/events").index, ["2025-07-22", "15% tariff, $550bn"]),
        ("groups", lambda: None, ["jp_auto", "Japan cars"]),
        ("templates", lambda: None, ["gas power", "3.5 years to build"]),
        ("scenarios", scenario_names, ["letter_25", "threatened 25 %"]),
        ("elasticities", lambda: None, ["cp_used", "Caliendo and Parro (2015), long"]),
    ],
)
def test_each_list_is_of_its_table(word, ids, line):
    lines, known = lines_of(word), ids()
    assert any(all(part in one for part in line) for one in lines)
    if known is not None:
        assert [one.split()[0] for one in lines] == list(known)


def test_another_word_is_answered_with_the_nearest():
    result = CliRunner().invoke(app, ["list", "template"])
    assert isinstance(result.exception, InputError)
    assert "found 'template'. Did you mean templates?" in str(result.exception)
