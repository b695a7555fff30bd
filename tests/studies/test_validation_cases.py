"""Cases whose files stay outside, on small made-up files of the same form."""

import numpy as np
import pandas as pd
import pytest
from studies.validation.gravity import wto_guide
from studies.validation.published import targets_of
from studies.validation.worlds import COUNTRIES, SECTORS, as_printed, cp2015, ilms2025, repaired

from research.tariffs.models.equilibrium import solve_equilibrium

N, S, TRADED = len(COUNTRIES), len(SECTORS), 20
USA, MEXICO = COUNTRIES.index("USA"), COUNTRIES.index("MEX")


def write_world(folder):
    """Write a world in which every country buys a hundredth of its goods from each of the others.

    Mexico's tariff on American goods falls from 10 % to zero.
    """
    trade = np.tile(np.full((N, N), 1000.0) - 1000 * np.eye(N), (TRADED, 1))
    old = np.tile(0.1 * (1 - np.eye(N)), (TRADED, 1))
    new = old.reshape(TRADED, N, N).copy()
    new[:, MEXICO, USA] = 0
    content = {
        "xbilat1993": trade,
        "tariffs1993": 100 * old,
        "tariffs2005": 100 * new.reshape(TRADED * N, N),
        "IO": np.full((N * S, S), 1 / S),
        "B": np.full((S, N), 0.5),
        "GO": np.full((S, N), 1e8),
        "T": np.full(TRADED, 5.0),
    }
    for name, values in content.items():
        np.savetxt(folder / f"{name}.txt", values)
    return folder


def test_a_tariff_that_mexico_drops_on_american_goods_is_read_that_way_round(tmp_path):
    found = cp2015(write_world(tmp_path))
    assert set(found) == set(targets_of("cp2015").index)
    # Who sells gains by better terms of trade, who opens alone loses by worse ones.
    assert found["terms_united_states"] > 0 > found["terms_mexico"]
    assert abs(found["terms_canada"]) < found["terms_united_states"]


def test_figures_below_zero_are_set_to_zero_and_totals_stay():
    """Stocks that were run down, and an input that is a credit."""
    inputs = np.array([[[0.6, -0.1], [0.1, 0.5]], [[0.2, 0.2], [0.2, 0.2]]])
    flows, rates = np.array([[[2.0, 20.0], [9.0, 30.0]], [[80.0, 0.0], [5.0, 30.0]]]), 0.1
    kept, final = repaired(inputs, flows, np.full((2, 2, 2), rates))
    assert kept[0].tolist() == [[pytest.approx(0.6), 0], [pytest.approx(0.1), pytest.approx(0.4)]]
    assert kept[1] == pytest.approx(inputs[1])
    spent = 1.1 * flows.sum(axis=1)[:, 0] - kept[0] @ flows.sum(axis=2)[:, 0]
    assert spent[0] < 0 < spent[1]
    assert final[:, 0].tolist() == [0, 1]
    assert final.sum(axis=0) == pytest.approx([1, 1])


def test_the_first_order_as_printed_by_hand():
    """The United States tax what they buy: x - 1 for each ratio where the formula has its log."""
    names, rows = ["CAN", "USA"], pd.MultiIndex.from_product([["a", "b"], ["CAN", "USA"]])
    flows = pd.DataFrame([[50, 9], [8, 90], [40, 5], [7, 80]], rows, names, dtype=float)
    old = pd.DataFrame([[0, 0.1], [0, 0], [0, 0.1], [0, 0]], rows, names)
    given = {"old_rate_share": old, "new_rate_share": 4 * old}
    given["input_shares"] = pd.DataFrame(0.2, rows.swaplevel(), ["a", "b"])
    found = solve_equilibrium(flows, theta=pd.Series({"a": 3.0, "b": 5.0}), **given)
    table, x = as_printed(flows, old, found), flows.to_numpy()
    price = found.seller_price_hat.to_numpy() - 1
    moved = found.flows_musd.to_numpy() / x - 1
    terms = (x * price)[[1, 3]].sum() - (x * price)[:, 1].sum()
    volume = (0.1 * x * (moved - price))[[0, 2], 1].sum()
    income = found.countries.at["USA", "old_income_musd"]
    assert table.at["USA", "terms"] == pytest.approx(100 * terms / income)
    assert table.at["USA", "formula"] == pytest.approx(100 * (terms + volume) / income)
    assert table["exact"].to_dict() == pytest.approx(found.welfare_pct.to_dict())


def test_american_tariffs_move_the_united_states_as_a_large_country(tmp_path):
    names = ["CAN", "JPN", "MEX", "USA"]
    trade = pd.DataFrame(np.full((4, 4), 100.0)).mask(np.eye(4, dtype=bool))
    trade.to_csv(tmp_path / "trade_cepii.csv", index=False)
    pd.DataFrame({"iso3": names}).to_csv(tmp_path / "country_labels.csv")
    pd.DataFrame({"gdp": [1e6] * 3 + [2e6]}).to_csv(tmp_path / "gdp.csv", index=False)
    pd.DataFrame({"applied_tariff": [0.2] * 4}).to_csv(tmp_path / "tariffs.csv", index=False)
    found = ilms2025(tmp_path)
    assert set(found) == set(targets_of("ilms2025").index)
    assert found["exports"] < 0 > found["imports"]
    assert found["welfare"] > 0 < found["prices"]
    # More work hurts by the wage after tax, which rises by more than the one before.
    assert found["equivalent"] < found["after_tax"] < found["welfare"]


def test_gravity_finds_the_effects_that_made_the_trade(tmp_path):
    rng = np.random.default_rng(550)
    labels = pd.MultiIndex.from_product([list("abcdefg"), list("abcdefg"), range(2000, 2007)])
    panel = labels.to_frame(index=False, name=["exporter", "importer", "year"])
    home = panel["exporter"] == panel["importer"]
    panel["MFN_TARIFF"] = pd.Series(rng.uniform(0, 0.3, len(panel))).mask(home)
    for name in ("RTA", "RTA_LAG3", "RTA_LAG6", "RTA_LAG9"):
        panel[name] = (rng.random(len(panel)) < 0.3) & ~home
    effects = -7 * np.log1p(panel["MFN_TARIFF"].fillna(0)) + 0.4 * panel["RTA"]
    panel.assign(trade=100 * np.exp(effects)).astype(
        dict.fromkeys(panel.columns[4:], float)
    ).to_stata(tmp_path / "Chapter1Exercise2.dta")
    pairs = panel[panel["year"] == 2006].copy()
    pairs["DIST"] = np.where(home[pairs.index], 100.0, rng.uniform(500, 9000, len(pairs)))
    pairs["CNTG"] = ((rng.random(len(pairs)) < 0.3) & ~home[pairs.index]) * 1.0
    trade = pairs["DIST"] ** -0.8 * np.exp(0.6 * pairs["CNTG"] - 2.0 * ~home[pairs.index])
    pairs[["exporter", "importer", "year", "DIST", "CNTG"]].assign(trade=1e6 * trade).to_stata(
        tmp_path / "Chapter2Application1.dta"
    )
    found = wto_guide(tmp_path)
    assert set(found) == set(targets_of("wto_guide").index)
    made = {"tariff": -7, "ln_distance": -0.8, "contiguity": 0.6, "border": -2}
    assert {name: found[name] for name in made} == pytest.approx(made, abs=1e-5)
