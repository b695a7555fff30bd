"""Published pass-through: what the table holds and what its checks catch."""

from __future__ import annotations

import pytest

from research.data import load_table
from research.data.pass_through import DEFINITIONS, LITERATURE
from research.data.tables import examine


def test_figures_as_printed():
    """The abstracts of Cavallo and others (2025), Irwin (2014) and Feenstra (1987)."""
    central = load_table("tariffs/pass_through_literature").set_index("study")["central"]
    assert central["Cavallo, Llamas and Vazquez (2025)"] == 0.20
    assert central["Irwin (2014), increases"] == 0.40
    assert list(central.filter(like="Feenstra")) == [0.6, 1.0]


def test_the_coefficient_of_prices_before_duty_is_one_less():
    """Amiti, Redding and Weinstein (2019), NBER 25672, p. 9: -0.003."""
    central = load_table("tariffs/pass_through_literature").set_index("study")["central"]
    found = central["Amiti, Redding and Weinstein (2019), unit values"]
    assert found - 1 == pytest.approx(-0.003)


def test_border_shares_of_recent_tariffs_stand_above_those_of_shops():
    table = load_table("tariffs/pass_through_literature")
    recent = table[table["episode"] == "US tariffs of 2025"]
    border = recent.loc[recent["stage"] == "border", "central"]
    shops = recent[recent["definition"] == "retail price over the tariff rate"]["central"]
    assert border.min() > shops.max()


def test_stages_have_their_own_definitions():
    table = load_table("tariffs/pass_through_literature")
    for stage, rows in table.groupby("stage"):
        assert set(rows["definition"]) == set(DEFINITIONS[stage])


def test_findings_name_source_and_evidence():
    table = load_table("tariffs/pass_through_literature")
    assert table["source"].notna().all()
    told = table[table["evidence"] == "secondary"]
    assert told["source"].str.contains("as (?:told|quoted|put|listed) by").all()
    assert not table[table["evidence"] == "seen"]["source"].str.contains("as told by").any()


YALE = ",0.61,,0.8,methods,June 2025"


@pytest.mark.parametrize(
    ("old", "new", "where", "asked", "found"),
    [
        (YALE, ",0.81,,0.8,methods,June 2025", "column high", "at least 0.81, the low", "0.8"),
        (YALE, ",0.61,,,methods,June 2025", "csv, line", "both low and high", "one"),
        (YALE, ",0.61,,0.8,,June 2025", "column interval", "what low and high are", "nan"),
        (YALE, ",,,,,June 2025", "csv, line", "a figure", "none"),
        (YALE, ",,0.7,,methods,June 2025", "column interval", "no interval without", "'methods'"),
        (YALE, ",61,,80,methods,June 2025", "column low", "a number from -1 to 3", "61"),
        ("retail,retail price over the tariff rate,,0.2,",
         "border,retail price over the tariff rate,,0.2,",
         "column definition", "one of duty in the price importers pay", "'retail price over"),
    ],
)  # fmt: skip
def test_a_slip_is_caught(old, new, where, asked, found, copy, has_fault):
    copy.swap(LITERATURE.name, old, new)
    has_fault(examine(LITERATURE)[1], where, asked, found)
