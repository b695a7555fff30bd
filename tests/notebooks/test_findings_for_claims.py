"""What the claims need of the reports, recomputed from the CSV files."""

from __future__ import annotations

import csv
from pathlib import Path

import nbformat
import pytest

from research.findings import Finding, bundle_of

ROOT = Path(__file__).resolve().parents[2]


def rows(table: str) -> list[dict[str, str]]:
    with (ROOT / "data" / f"{table}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def column(table: str, key: str, name: str) -> dict[str, float]:
    return {row[key]: float(row[name]) for row in rows(table) if row[name]}


@pytest.fixture(scope="module")
def found() -> dict[str, Finding]:
    cells = [nbformat.read(p, 4).cells for p in sorted((ROOT / "notebooks").glob("0[123]_*.ipynb"))]
    return {one.id: one for notebook in cells for one in bundle_of(notebook)}


def test_each_result_that_claims_wait_for_is_a_finding_as_they_ask_for(
    found: dict[str, Finding],
) -> None:
    asked = {row["result_id"]: row["unit"] for row in rows("deal/claims_results")
             if row["report"][:2] in ("01", "02", "03")}
    assert asked.keys() - found.keys() == set()
    assert asked == {name: found[name].unit for name in asked}
    models = [found[name] for name in asked if found[name].basis != "data"]
    assert len(models) >= 11
    assert [one.id for one in models if not one.interval] == []
    assert len(found["jobs.gross_best_year"].quantiles) >= 9


def test_returns_and_closes_of_fixed_days(found: dict[str, Finding]) -> None:
    for name in ("N225", "SMH", "XLE"):
        basis_points = column("market/daily_returns_bp", "date", name)
        told = [one for one in found.values() if f".{name.lower()}_return_" in one.id]
        assert len(told) >= 2
        for one in told:
            day = one.id[-10:].replace("_", "-")
            assert one.value == pytest.approx(basis_points[day] / 100)
    moved = column("market/daily_returns_bp", "date", "N225")
    level = column("market/printed_levels", "date", "N225")["2025-07-23"]
    assert found["market.n225_close_2025_07_23"].value == level
    for _, change in sorted(x for x in moved.items() if "2025-07-23" < x[0] <= "2025-10-20"):
        level *= 1 + change / 1e4
    assert found["market.n225_close_2025_10_20"].value == pytest.approx(level)
    # The close of the press was 49,185.50.
    assert level == pytest.approx(49_185.5, abs=1)


def test_customs_and_imports(found: dict[str, Finding]) -> None:
    duties = column("tariffs/us_monthly_duties_and_prices", "month", "customs_duties_musd")
    of_2024 = [value for month, value in duties.items() if month.startswith("2024")]
    assert len(of_2024) == 12
    assert found["tariffs.customs_duties_2024"].value == pytest.approx(sum(of_2024) / 1e3)
    assert found["tariffs.customs_duties_2025_08"].value == pytest.approx(29.503)
    known = sum(value for month, value in duties.items() if "2024-10" <= month <= "2025-11")
    known += duties["2025-12"] * 14 / 31
    share = found["tariffs.ieepa_share_of_duties_fy25_to_2025_12_14"]
    assert share.value == pytest.approx(100 * 133_500 / known)
    japan = next(row for row in rows("tariffs/us_imports_2024_musd") if row["partner"] == "JPN")
    goods = sum(float(x) for name, x in japan.items() if name not in ("partner", "TOTAL"))
    assert found["tariffs.us_imports_japan_2024"].value == pytest.approx(goods / 1e3)


def test_rates_are_those_of_the_rows_of_the_law(found: dict[str, Finding]) -> None:
    law = {
        (row["authority"], row["effective_date"], row["basis"]): 100 * float(row["rate_share"])
        for row in rows("tariffs/us_tariff_timeline_japan")
    }
    value = {name.removeprefix("tariffs."): one.value for name, one in found.items()}
    assert value["rate_general_full_day_peak_2025"] == law["ieepa_reciprocal", "2025-04-05", "add_on"]
    assert value["rate_general_peak_2025"] == law["ieepa_reciprocal", "2025-04-09", "add_on"]
    assert value["rate_general_2026_03_07"] == law["s122", "2026-02-24", "add_on"]
    assert value["rate_general_2026_03_07_on_top_of_mfn"] == 1
    assert value["rate_general_2026_07_24"] == law["s301_forced_labour", "2026-07-24", "floor"]
    assert value["rate_general_2026_07_24_on_top_of_mfn"] == 0
    on_cars, in_deal = (
        law["s232_autos", day, basis]
        for day, basis in (("2025-04-03", "add_on"), ("2025-09-16", "floor"))
    )
    assert value["rate_cars_peak_2025"] == value["rate_cars_announced_peak_2025"] == on_cars
    assert value["rate_cars_2025_12_24"] == in_deal
    # The normal rate on cars is 2.5 %.
    assert value["relief_cars_points"] == 2.5 + on_cars - in_deal
    narrow = law["s232_semiconductors", "2026-01-15", "add_on"]
    assert narrow < value["highest_232_rate_2026_07_24"] < narrow + 2.5
    published = column("tariffs/japan_statutory_rate", "date", "total_share")
    day = max(day for day in published if day <= "2025-04-18")
    assert value["statutory_rate_japan_2025_04_18"] == pytest.approx(100 * published[day], abs=0.1)
    assert value["relief_electronics_points"] < 0 < value["relief_electronics_threat_points"]
    # Metals and trucks alone, of what is no car or part, pay more than 15 %.
    more = column("tariffs/japan_coverage_2024", "authority", "covered_share")
    most = 100 * (1 - sum(more[f"s232_{x}"] for x in ("steel", "aluminum", "copper", "mhd")) / 0.6262)
    assert value["share_at_or_below_15_2025_12_24"] == pytest.approx(most, abs=0.1)


def test_what_models_say_of_claims(found: dict[str, Finding]) -> None:
    spared, in_yen = (found[f"tariffs.value_avoided_{x}_year"] for x in ("usd_bn", "jpy_tn"))
    rate = column("deal/deal_parameters", "name", "central")["usdjpy_2025_mean"]
    assert in_yen.value == pytest.approx(spared.value * rate / 1e3)
    assert spared.value == pytest.approx(-(found["tariffs.duties_avoided"].value or 0))
    car = found["tariffs.cost_per_vehicle_usd"]
    price = column("tariffs/observed", "observed", "value")["japan_car_unit_value"]
    cut = column("tariffs/observed", "observed", "value")["japan_car_export_price"]
    assert (car.low, car.high) == pytest.approx((price / 4, price / 4 / (1 + cut / 100)))
    for name in ("japan_gdp_effect_15_long", "japan_gdp_effect_25_long", "us_welfare_autos_25"):
        one = found[f"tariffs.{name}"]
        mixed = one.quantiles["all sets mixed"]
        assert (mixed[4], mixed[49], mixed[94]) == pytest.approx((one.low, one.value, one.high))
        assert len(one.quantiles) == 8
        # What all sets say together lies between what each says alone.
        each = [own[49] for words, own in one.quantiles.items() if words != "all sets mixed"]
        assert min(each) <= mixed[49] <= max(each)
