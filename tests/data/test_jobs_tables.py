"""Input-output accounts and employment: what they hold and what their checks catch."""

import pytest

from research.data import load_table
from research.data.accounts import IMPORTS, MAKE, ROUNDING_MUSD, USE
from research.data.codebook import seal
from research.data.employment import EMPLOYEES, INDUSTRIES, STATES, TRADES
from research.data.output import OUTPUT, PRICES
from research.data.tables import examine

MAKE_NAME, USE_NAME = "jobs/bea_make_2023_musd", "jobs/bea_use_2023_musd"


def add(copy, name, row, column, amount):
    """Add an amount to a cell."""
    old = copy.cell(name, row, column, "?")
    copy.cell(name, row, column, f"{float(old) + amount:.10g}")


def test_shapes_and_labels():
    codes = load_table("jobs/bea_codes")
    assert codes["kind"].value_counts().to_dict() == {
        "commodity": 73,
        "industry": 71,
        "final_demand": 20,
        "value_added": 3,
    }
    industries = codes.loc[codes["kind"] == "industry", "code"].to_list()
    assert load_table("jobs/bea_make_2023_musd").shape == (72, 74)
    assert load_table("jobs/bea_use_2023_musd").shape == (79, 94)
    assert load_table("jobs/bea_imports_2023_musd").shape == (73, 93)
    assert load_table("jobs/bea_gross_output_musd").index.to_list() == industries
    assert load_table("jobs/bea_price_index_2017eq100").columns.to_list() == list(range(2012, 2024))
    assert load_table("jobs/employees_2021_thousand").index.to_list() == industries


def test_tables_of_uses_have_their_columns_in_one_order():
    use, imports = (
        load_table("jobs/bea_use_2023_musd").columns,
        load_table("jobs/bea_imports_2023_musd").columns,
    )
    assert imports.to_list() == use.drop("total_commodity_output").to_list()


def test_codes_that_look_like_numbers_stay_text():
    assert (
        load_table("jobs/bea_use_2023_musd").loc["22", "23"]
        == load_table("jobs/bea_use_2023_musd").loc["22"]["23"]
    )
    assert "472111" in load_table("jobs/oews_occupations").index
    assert "000000" in load_table("jobs/oews_2025_industry_jobs").index


def test_wholesale_imports_differ_between_the_tables_by_the_known_amount():
    gap = (
        load_table("jobs/bea_imports_2023_musd").loc["42", "F050"]
        - load_table("jobs/bea_use_2023_musd").loc["42", "F050"]
    )
    assert gap == -81_633


def test_gdp_is_that_of_the_value_added():
    # 2023 GDP of the national accounts as known when the tables were made, 27.7 trillion.
    assert load_table("jobs/bea_use_2023_musd").loc["total_value_added"].max() == pytest.approx(
        27.7e6, rel=0.01
    )


def test_employees_add_up_to_the_nation():
    # NIPA table 6.4D prints 152.1 million employees for 2021.
    assert load_table("jobs/employees_2021_thousand")[
        "employees_2021_thousand"
    ].sum() == pytest.approx(152_132)


def test_state_jobs_keep_what_is_suppressed_apart_from_zero():
    jobs = load_table("jobs/bea_state_jobs_2018")
    assert jobs.loc["514"].isna().all()
    states = jobs.drop(columns="us_total").sum(axis=1)
    assert states["3364OT"] / jobs.loc["3364OT", "us_total"] == pytest.approx(0.66, abs=0.01)


def test_deflator_and_trades():
    assert load_table("jobs/gdp_deflator")[2025] == pytest.approx(128.964)
    assert (
        load_table("jobs/oews_2025_state_trades_jobs").columns.to_list()
        == load_table("jobs/oews_occupations").index.to_list()
    )


@pytest.mark.parametrize(
    ("table", "row", "column", "says"),
    [
        (MAKE, "111CA", "111CA", "sum over commodities"),
        (MAKE, "111CA", "111CA", "sum over industries"),
        (USE, "111CA", "111CA", "sum to total_intermediate"),
        (USE, "V001", "111CA", "sum to total_value_added"),
        (USE, "total_value_added", "111CA", "sum to total_industry_output"),
        (USE, "111CA", "F010", "sum to total_final_uses"),
        (USE, "111CA", "total_final_uses", "intermediate and final uses"),
        (USE, "total_industry_output", "111CA", "industry output of the Make table"),
        (USE, "111CA", "total_commodity_output", "commodity output of the Make table"),
        (IMPORTS, "111CA", "111CA", "sum to total_intermediate"),
        (IMPORTS, "111CA", "F010", "sum to total_final_uses"),
        (IMPORTS, "111CA", "F050", "imports of the Use table"),
        (OUTPUT, "111CA", "2023", "industry output of the Make table"),
    ],
)
def test_each_identity_catches_a_slip_above_rounding(table, row, column, says, copy, has_fault):
    add(copy, table.name, row, column, 10 * ROUNDING_MUSD)
    has_fault(examine(table)[1], f"data/{table.name}.csv, ", says, "")


def test_a_slip_within_rounding_is_left_to_the_digest(copy):
    add(copy, MAKE_NAME, "111CA", "111CA", 1)
    faults = examine(MAKE)[1]
    assert any("SHA-256" in fault.asked for fault in faults)
    assert not any("sum over" in fault.asked for fault in faults)


@pytest.mark.parametrize(
    "table", [MAKE, USE, IMPORTS, OUTPUT, PRICES, EMPLOYEES, STATES], ids=lambda table: table.name
)
def test_rows_out_of_order_are_caught(table, copy, has_fault):
    copy.rows(table.name, lambda lines: [lines[0], lines[2], lines[1], *lines[3:]])
    where = f"data/{table.name}.csv, line 2, column code"
    has_fault(examine(table)[1], where, "111CA", "113FF")


def test_an_unknown_code_is_caught_and_the_missing_one_named(copy, has_fault):
    copy.swap("jobs/employees_2021_thousand", "3364OT,", "3364XX,")
    faults = examine(EMPLOYEES)[1]
    has_fault(faults, "column code", "a row 3364OT", "none")
    has_fault(faults, "column code", "a known label", "'3364XX'")


def test_a_code_of_the_list_that_no_table_has_is_caught(copy, has_fault):
    copy.edit("jobs/bea_codes", lambda content: content.replace(b"3364OT,", b"3364XX,"))
    seal("jobs/bea_codes")
    has_fault(examine(MAKE)[1], "column 3364XX", "this column", "none of that name")
    has_fault(examine(EMPLOYEES)[1], "column code", "a row 3364XX", "none")


def test_a_broken_partner_is_reported_with_the_table_that_needs_it(copy, has_fault):
    copy.file("jobs/bea_codes").unlink()
    has_fault(examine(MAKE)[1], "data/jobs/bea_codes.csv", "a file", "none")


def test_a_decimal_among_whole_millions_is_caught(copy, has_fault):
    copy.cell(USE_NAME, "111CA", "111CA", "118977.5")
    has_fault(examine(USE)[1], "line 2, column 111CA", "a whole number", "'118977.5'")


def test_another_base_year_is_caught(copy, has_fault):
    copy.cell("jobs/bea_price_index_2017eq100", "111CA", "2017", "99.0")
    has_fault(examine(PRICES)[1], "line 2, column 2017", "100: the base year", "99")


def test_states_that_miss_the_nation_are_caught(copy, has_fault):
    add(copy, "jobs/bea_state_jobs_2018", "23", "Ohio", 1)
    has_fault(examine(STATES)[1], "bea_state_jobs_2018.csv, 23", "sum over states", "")


def test_states_above_the_nation_are_caught_although_some_are_blank(copy, has_fault):
    add(copy, "jobs/bea_state_jobs_2018", "113FF", "Ohio", 200_000)
    has_fault(examine(STATES)[1], "bea_state_jobs_2018.csv, 113FF", "states below 969,400", "")


def test_an_unknown_state_is_caught(copy, has_fault):
    copy.edit("jobs/bea_state_jobs_2018", lambda content: content.replace(b",Ohio,", b",Ohoi,", 1))
    has_fault(examine(STATES)[1], "column Ohoi", "no such column", "it there")


def test_an_occupation_without_name_is_caught(copy, has_fault):
    copy.edit(
        "jobs/oews_2025_state_trades_jobs",
        lambda content: content.replace(b",472111,", b",472112,", 1),
    )
    has_fault(examine(TRADES)[1], "column 472112", "no such column", "it there")


@pytest.mark.parametrize("row", ["23--24", "236000"])
def test_industries_that_miss_the_total_are_caught(row, copy, has_fault):
    def change(lines):
        return [
            line.replace(",1861040,", ",2861040,").replace(",8298380,", ",9298380,")
            if line.startswith(row)
            else line
            for line in lines
        ]

    copy.rows("jobs/oews_2025_industry_jobs", change)
    has_fault(examine(INDUSTRIES)[1], "column jobs", "155,495,730", "156,495,")


def test_a_lost_total_is_caught(copy, has_fault):
    copy.rows(
        "jobs/oews_2025_industry_jobs",
        lambda lines: [line for line in lines if not line.startswith("000000")],
    )
    has_fault(examine(INDUSTRIES)[1], "column industry_code", "a row 000000", "none")
