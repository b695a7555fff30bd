"""What the claims need of the reports, recomputed from the CSV files."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pandas as pd
import pytest

from research.findings import Finding, bundle_of

ROOT = Path(__file__).resolve().parents[2]


def table(name: str, index: str | list[str]) -> pd.DataFrame:
    return pd.read_csv(ROOT / "data" / f"{name}.csv", index_col=index)


@pytest.fixture(scope="module")
def found() -> dict[str, Finding]:
    cells = [nbformat.read(p, 4).cells for p in sorted((ROOT / "notebooks").glob("0[123]_*.ipynb"))]
    return {one.id: one for notebook in cells for one in bundle_of(notebook)}


def test_each_result_that_claims_wait_for_is_a_finding_as_they_ask_for(
    found: dict[str, Finding],
) -> None:
    asked = table("deal/claims_results", "result_id").query("report.str[:2] in ('01', '02', '03')")
    assert asked.index.difference(list(found)).empty
    assert asked["unit"].to_dict() == {name: found[name].unit for name in asked.index}
    models = [found[name] for name in asked.index if found[name].basis != "data"]
    assert len(models) >= 11
    assert [one.id for one in models if not one.interval] == []
    assert len(found["jobs.gross_best_year"].quantiles) >= 9
    for name in ("japan_gdp_effect_15_long", "japan_gdp_effect_25_long", "us_welfare_autos_25"):
        one = found[f"tariffs.{name}"]
        mixed = one.quantiles["all sets mixed"]
        assert (mixed[4], mixed[49], mixed[94]) == pytest.approx((one.low, one.value, one.high))
        each = [own[49] for words, own in one.quantiles.items() if words != "all sets mixed"]
        assert min(each) <= mixed[49] <= max(each)


def test_figures_are_those_of_the_tables(found: dict[str, Finding]) -> None:
    value = {name: one.value for name, one in found.items()}
    moved = table("market/daily_returns_bp", "date")[["N225", "SMH", "XLE"]]
    of_days = [name for name in value if name.split("_return_")[0][7:].upper() in moved]
    assert len(of_days) >= 7
    for name in of_days:
        day, series = name[-10:].replace("_", "-"), name.split("_")[0][7:].upper()
        assert value[name] == pytest.approx(moved.at[day, series] / 100)
    level = value["market.n225_close_2025_07_23"]
    assert level == table("market/printed_levels", "date").at["2025-07-23", "N225"]
    level *= (1 + moved["N225"]["2025-07-24":"2025-10-20"].dropna() / 1e4).prod()
    assert value["market.n225_close_2025_10_20"] == pytest.approx(level)
    duties = table("tariffs/us_monthly_duties_and_prices", "month")["customs_duties_musd"] / 1e3
    assert value["tariffs.customs_duties_2024"] == pytest.approx(duties["2024-01":"2024-12"].sum())
    known = duties["2024-10":"2025-11"].sum() + duties["2025-12"] * 14 / 31
    share = value["tariffs.ieepa_share_of_duties_fy25_to_2025_12_14"]
    assert share == pytest.approx(13_350 / known)
    yen = table("deal/deal_parameters", "name").at["usdjpy_2025_mean", "central"]
    in_yen = value["tariffs.value_avoided_jpy_tn_year"]
    assert in_yen == pytest.approx(-value["tariffs.duties_avoided"] * yen / 1e3)
    known, car = (
        table("tariffs/observed", "observed")["value"],
        found["tariffs.cost_per_vehicle_usd"],
    )
    price, cut = known["japan_car_unit_value"], known["japan_car_export_price"]
    assert (car.low, car.high) == pytest.approx((price / 4, price / 4 / (1 + cut / 100)))


def test_rates_are_those_of_the_rows_of_the_law(found: dict[str, Finding]) -> None:
    key = ["authority", "effective_date", "basis"]
    law = 100 * table("tariffs/us_tariff_timeline_japan", key)["rate_share"]
    value = {name.removeprefix("tariffs."): one.value for name, one in found.items()}
    on_cars = law["s232_autos", "2025-04-03", "add_on"]
    deal = law["s232_autos", "2025-09-16", "floor"]
    for name, rate in {
        "rate_general_full_day_peak_2025": law["ieepa_reciprocal", "2025-04-05", "add_on"],
        "rate_general_peak_2025": law["ieepa_reciprocal", "2025-04-09", "add_on"],
        "rate_general_2026_03_07": law["s122", "2026-02-24", "add_on"],
        "rate_general_2026_03_07_on_top_of_mfn": 1,
        "rate_general_2026_07_24": law["s301_forced_labour", "2026-07-24", "floor"],
        "rate_general_2026_07_24_on_top_of_mfn": 0,
        "rate_cars_peak_2025": on_cars,
        "rate_cars_announced_peak_2025": on_cars,
        "rate_cars_2025_12_24": deal,
        "relief_cars_points": 2.5 + on_cars - deal,
        "highest_232_rate_2026_07_24": deal,
    }.items():
        assert value[name] == pytest.approx(rate), name
    assert value["relief_electronics_points"] < 0 < value["relief_electronics_threat_points"]
    # Metals and trucks alone, of what is no car or part, pay more than 15 %.
    covered = table("tariffs/japan_coverage_2024", "authority")["covered_share"]
    covered = covered.groupby(level=0).last()
    above = covered[[f"s232_{name}" for name in ("steel", "aluminum", "copper", "mhd")]].sum()
    outside = 1 - covered["s232_autos"] - covered["s232_auto_parts"]
    assert value["share_at_or_below_15_2025_12_24"] == pytest.approx(
        100 * (1 - above / outside), abs=0.1
    )
