"""Tariffs, trade and the world tables: what they hold and what their checks catch."""

import json

import numpy as np
import pandas as pd
import pytest

from research.data import load_gsim_example, load_table
from research.data.tables import examine
from research.data.tariffs import COVERAGE, ELASTICITIES, IMPORTS, MONTHS, RATES, TIMELINE
from research.data.world import IO, TRADE, examine_gsim
from research.errors import DataError


def test_imports_and_mfn_rates_share_their_sectors():
    assert (
        load_table("tariffs/us_imports_2024_musd").columns.drop("TOTAL").to_list()
        == load_table("tariffs/us_mfn_2025_by_sector").index.to_list()
    )
    assert load_table("tariffs/us_imports_2024_musd").loc["JPN", "TOTAL"] == 143_594.8


def test_timeline_tells_floors_from_add_ons():
    timeline = load_table("tariffs/us_tariff_timeline_japan")
    deal = timeline[(timeline["effective_date"] == "2025-08-07")]
    assert list(deal["basis"]) == ["add_on", "floor"]
    assert timeline.loc[timeline["basis"] == "threat", "authority"].to_list() == ["letter"]


def test_statutory_rate_before_and_after_the_deal():
    rates = load_table("tariffs/japan_statutory_rate")["total_share"]
    assert rates["2025-09-08"] == pytest.approx(0.2101, abs=5e-5)
    assert rates["2025-09-16"] == pytest.approx(0.1660, abs=5e-5)


def test_coverage_times_legal_rate_is_the_statutory_rate():
    # Copper pays 50 %, parts 25 %: two tables of one source agree to the digits printed.
    rates, coverage = (
        load_table("tariffs/japan_statutory_rate"),
        load_table("tariffs/japan_coverage_2024").set_index(["authority", "from_date"])[
            "covered_share"
        ],
    )
    copper = coverage["s232_copper", pd.Timestamp("2025-08-01")] * 0.5
    parts = coverage["s232_auto_parts", pd.Timestamp("2025-05-03")] * 0.25
    assert rates.loc["2025-08-01", "s232_copper_share"] == pytest.approx(copper, abs=5e-5)
    assert rates.loc["2025-05-03", "s232_auto_parts_share"] == pytest.approx(parts, abs=5e-5)


def test_months_are_complete_and_blanks_are_blank():
    months = load_table("tariffs/us_monthly_duties_and_prices")
    assert len(months) == 134
    assert months.index[0] == pd.Timestamp("2015-01-01")
    assert np.isnan(months.loc["2025-10-01", "cpi_all_index"])
    assert months.loc["2025-10-01", "customs_duties_musd"] == 31_354


def test_elasticities_say_what_they_are_of():
    elasticities = load_table("tariffs/trade_elasticities")
    theta = elasticities["definition"] == "theta: share elasticity"
    assert (elasticities.loc[theta, "elasticity"] > 0).all()
    tariff = elasticities["definition"].str.startswith("tariff elasticity")
    assert (elasticities.loc[tariff, "elasticity"] < 0).all()


def test_world_tables_are_square_in_their_labels():
    assert (
        load_table("tariffs/world_trade_2023_musd").index.to_list()
        == load_table("tariffs/world_trade_2023_musd").columns.to_list()
    )
    assert (
        load_table("tariffs/world_regions_2023").index.to_list()
        == load_table("tariffs/world_trade_2023_musd").index.to_list()
    )
    table = load_table("tariffs/world_io_2011_musd")
    assert table.shape == (204, 217)
    assert table.index.to_list() == table.columns[:204].to_list()


def test_textbook_example_holds_its_printed_answer():
    example = load_gsim_example()
    assert example.trade.loc["JP", "US"] == 500
    assert example.tariff_power.loc["US", "EU"] == 1.41
    assert example.published_price_change_a["US"] == 0.0792
    assert example.substitution_elasticity == 5


def test_sums_over_sectors_and_partners_are_checked(copy, has_fault):
    copy.cell("tariffs/us_imports_2024_musd", "JPN", "MVH", "51833.6")
    faults = examine(IMPORTS)[1]
    has_fault(faults, "us_imports_2024_musd.csv, JPN", "sum over sectors", "143,594.8")
    has_fault(faults, "us_imports_2024_musd.csv, MVH", "sum over partners", "383,163.8")


def test_a_lost_world_row_is_caught(copy, has_fault):
    copy.rows("tariffs/us_imports_2024_musd", lambda lines: lines[:-1])
    has_fault(examine(IMPORTS)[1], "column partner", "a row WORLD", "none")


def test_a_sector_without_a_name_is_caught(copy, has_fault):
    copy.edit(
        "tariffs/us_imports_2024_musd", lambda content: content.replace(b",MVH,", b",CAR,", 1)
    )
    has_fault(examine(IMPORTS)[1], "column CAR", "no such column", "it there")


def test_rates_that_do_not_add_up_are_caught(copy, has_fault):
    copy.cell("tariffs/japan_statutory_rate", "2025-09-16", "ieepa_share", "0.159345")
    has_fault(examine(RATES)[1], "2025-09-16", "sum of five parts: 0.26", "0.165972")


def test_section_232_parts_above_their_sum_are_caught(copy, has_fault):
    copy.cell("tariffs/japan_statutory_rate", "2025-09-16", "s232_autos_share", "0.13626")
    has_fault(examine(RATES)[1], "2025-09-16", "Section 232 parts of at most 0.091168", "0.19")


@pytest.mark.parametrize(
    ("table", "column"), [(RATES, "date"), (MONTHS, "month")], ids=["rates", "months"]
)
def test_dates_out_of_order_are_caught(table, column, copy, has_fault):
    copy.rows(table.name, lambda lines: [lines[0], lines[2], lines[1], *lines[3:]])
    has_fault(examine(table)[1], f"line 3, column {column}", "a later date", "not later")


def test_a_missing_month_is_caught(copy, has_fault):
    copy.rows(
        "tariffs/us_monthly_duties_and_prices",
        lambda lines: [line for line in lines if not line.startswith("2025-07")],
    )
    has_fault(examine(MONTHS)[1], "column month", "a row 2025-07", "none")


@pytest.mark.parametrize(
    ("table", "old", "new", "column", "asked"),
    [
        (TIMELINE, ",add_on,corrected", ",addon,corrected", "basis", "one of add_on, floor"),
        (TIMELINE, "0.24,add_on", "24,add_on", "rate_share", "a number from 0 to 1"),
        (TIMELINE, "rev_5),tracker", "rev_5),rumour", "evidence", "one of federal_register"),
        (COVERAGE, "s232_copper,", "s232_koper,", "authority", "one of"),
        (COVERAGE, ",0.2757,", ",27.57,", "covered_share", "a number from 0 to 1"),
        (ELASTICITIES, "Armington sigma", "sigma", "definition", "one of theta"),
        (ELASTICITIES, ",-7.604,", ",minus 7.604,", "elasticity", "a number"),
    ],
)  # fmt: skip
def test_a_cell_of_another_kind_is_caught(table, old, new, column, asked, copy, has_fault):
    copy.swap(table.name, old, new)
    has_fault(examine(table)[1], f"column {column}", asked, "")


def test_world_trade_with_a_region_out_of_place_is_caught(copy, has_fault):
    copy.rows(
        "tariffs/world_trade_2023_musd", lambda lines: [lines[0], lines[2], lines[1], *lines[3:]]
    )
    has_fault(examine(TRADE)[1], "line 2, column exporter", "USA", "JPN")


def test_a_world_row_that_misses_its_output_is_caught(copy, has_fault):
    copy.cell("tariffs/world_io_2011_musd", "JPN_TRQ", "output", "1")
    has_fault(examine(IO)[1], "world_io_2011_musd.csv, JPN_TRQ", "sum over buyers", "1")


def test_a_world_row_out_of_order_is_caught(copy, has_fault):
    copy.rows(
        "tariffs/world_io_2011_musd", lambda lines: [lines[0], lines[2], lines[1], *lines[3:]]
    )
    has_fault(examine(IO)[1], "line 2, column row", "USA_AGR", "USA_MIN")


def _example(copy, change):
    def edit(content):
        example = json.loads(content)
        change(example)
        return json.dumps(example).encode()

    copy.edit("tariffs/gsim_4x4_textbook", edit, ".json")


def test_a_lost_row_of_the_example_is_caught(copy, has_fault):
    _example(copy, lambda example: example["T0"].pop())
    faults = examine_gsim()[1]
    has_fault(faults, "gsim_4x4_textbook.json, T0", "shape (4, 4)", "(3, 4)")
    has_fault(faults, "gsim_4x4_textbook.json", "SHA-256", "…")


def test_a_ragged_matrix_of_the_example_is_caught(copy, has_fault):
    _example(copy, lambda example: example["T0"][0].pop())
    has_fault(examine_gsim()[1], "gsim_4x4_textbook.json, T0", "shape (4, 4)", "None")


def test_a_tariff_below_one_in_the_example_is_caught(copy, has_fault):
    _example(copy, lambda example: example["T0"][0].__setitem__(1, 0.21))
    has_fault(examine_gsim()[1], "gsim_4x4_textbook.json, T0", "powers of at least 1", "0.21")


def test_a_lost_field_of_the_example_is_caught(copy, has_fault):
    _example(copy, lambda example: example.pop("Es"))
    has_fault(examine_gsim()[1], "gsim_4x4_textbook.json", "fields ['Em', 'Es'", "['Em', 'Ex'")


def test_an_example_that_is_not_json_is_caught(copy):
    copy.edit("tariffs/gsim_4x4_textbook", lambda content: content[:-20], ".json")
    with pytest.raises(DataError, match="JSON in UTF-8"):
        load_gsim_example()


def test_a_missing_example_is_caught(copy):
    copy.file("tariffs/gsim_4x4_textbook", ".json").unlink()
    with pytest.raises(DataError, match="asked for a file; found none"):
        load_gsim_example()
