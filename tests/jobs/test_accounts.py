"""Tables that balance are built whatever their order; all others are refused with every fault."""

import numpy as np
import pandas as pd
import pytest

from research.errors import InputError
from research.jobs.accounts import io_table
from research.jobs.io import identities, load_io_table

from .random_tables import random_parts, random_table

# Sums in another order differ in the last digits.
ROUNDING = 1e-12

# Printed totals are sums of unrounded figures: 73 to 93 rounded cells are off by up to 7.
PRINTED_MUSD = 10


@pytest.fixture(scope="module")
def bea():
    return load_io_table()


def built(**changes):
    parts = random_parts(4, 5, seed=3) | changes
    return io_table(parts.pop("make"), parts.pop("use"), **parts)


def refused(**changes):
    with pytest.raises(InputError) as caught:
        built(**changes)
    return caught.value.faults


def parts_changed(name, row, column, value):
    frame = random_parts(4, 5, seed=3)[name].copy()
    frame.iloc[row, column] = value
    return {name: frame}


def test_rows_and_columns_in_any_order_give_the_same_table():
    parts = random_parts(4, 5, seed=3)
    rng = np.random.default_rng(0)
    mixed = {
        name: frame.iloc[rng.permutation(len(frame)), rng.permutation(frame.shape[1])]
        for name, frame in parts.items()
        if isinstance(frame, pd.DataFrame) and name != "make"
    }
    straight, again = built(), built(**mixed)
    for name in ("use", "imports", "final_demand", "value_added"):
        one, two = getattr(straight, name), getattr(again, name)
        pd.testing.assert_frame_equal(one, two.reindex_like(one), rtol=ROUNDING)
        assert list(two.index) == list(one.index) or name == "value_added"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("use", "inputs and value added"),
        ("value_added", "inputs and value added"),
        ("final_demand", "uses and final demand"),
        ("imports", "imported uses = imports"),
        ("imported_final_demand", "imported uses = imports"),
    ],
)
@pytest.mark.parametrize("cell", [99.0, -99.0])
def test_a_table_that_does_not_balance_is_refused(name, says, cell):
    changed = parts_changed(name, 1, 2, cell)
    assert any(says in fault.where and "a gap of" in fault.found for fault in refused(**changed))


def test_output_of_nothing_or_less_is_refused():
    make = random_parts(4, 5, seed=3)["make"].copy()
    make.loc["i1"], make.loc["i2"], make["c4"] = 0.0, -make.loc["i2"], 0.0
    where = {fault.where: fault.todo for fault in refused(make=make, scrap=[])}
    assert {"make, industry i1", "make, industry i2"} <= set(where)
    assert "scrap" in where["make, commodity c4"]


def test_every_fault_of_shape_is_listed_at_once():
    parts = random_parts(4, 5, seed=3)
    twice = pd.concat([parts["use"], parts["use"].iloc[[0]]])
    demand = parts["final_demand"].rename(index={"c0": "steel"})
    added = parts["value_added"].copy()
    added.iloc[0, 0] = np.nan
    found = refused(use=twice, final_demand=demand, value_added=added, imports=None, scrap=["Used"])
    text = "\n".join(map(str, found))
    for part in (
        "'c0' more than once",
        "'steel'",
        "a figure for c0",
        "finite",
        "together",
        "'Used'",
    ):
        assert part in text
    assert len(found) == 6


def test_a_table_says_what_households_earn_and_buy():
    parts = random_parts(4, 5, seed=3)
    demand, added = parts["final_demand"], parts["value_added"]
    found = refused(final_demand=demand.rename(columns={"F010": "C"}), value_added=added.iloc[1:])
    text = "\n".join(map(str, found))
    assert "final_demand: asked for F010" in text
    assert "value_added: asked for V001" in text


def test_identities_catch_a_table_that_drifts():
    table = random_table(4, 5, seed=3)
    assert identities(table).eval("largest_gap_musd <= tolerance_musd").all()
    bent = type(table)(
        **{name: getattr(table, name) for name in table.__slots__}
        | {"final_demand": table.final_demand * 1.01}
    )
    found = identities(bent)
    assert set(found.loc[found["largest_gap_musd"] > found["tolerance_musd"], "name"]) == {
        "uses and final demand = commodity output",
        "output from final demand",
        "output from domestic final demand",
    }
