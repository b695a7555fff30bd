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
             if row["report"][:2] in ("01", "02")}
    assert asked.keys() - found.keys() == set()
    assert asked == {name: found[name].unit for name in asked}
    models = [found[name] for name in asked if found[name].basis != "data"]
    assert len(models) >= 3
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
