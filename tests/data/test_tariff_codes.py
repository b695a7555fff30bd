"""Codes of countries and sectors: every source is covered, and strangers are caught."""

import pytest

from research.data import load_table
from research.data.tables import examine
from research.data.tariff_codes import COUNTRIES, SOURCES, WORLD_SECTORS
from research.data.world import IO_REGIONS, IO_SECTORS


def test_each_source_has_its_own_codes():
    codes = load_table("tariffs/region_codes")
    assert {source: (codes[source] != "").sum() for source in SOURCES} == {
        "us_imports_2024": 21,
        "world_trade_2023": 19,
        "world_io_2011": 12,
    }
    assert codes.loc["EU", list(SOURCES)].to_list() == ["EU27", "EUN", "EUU"]
    assert set(codes["world_io_2011"]) - {""} == set(IO_REGIONS)


def test_sectors_of_the_world_table_hold_those_of_us_imports():
    of = load_table("tariffs/sector_codes")
    assert (
        of.index.to_list()
        == load_table("tariffs/us_imports_2024_musd").columns.drop("TOTAL").to_list()
    )
    assert set(IO_SECTORS) - set(of) == {"UTC", "TRD", "TRN", "SVC"}
    assert of[["STL", "NFM", "FMP"]].unique().tolist() == ["MET"]


@pytest.mark.parametrize(
    ("old", "new", "asked", "found"),
    [
        ("JPN,Japan,JPN", "JPN,Japan,JAP", "a code of us_imports_2024", "'JAP'"),
        ("JPN,Japan,JPN", "JPN,Japan,", "JPN once", "0 times"),
        ("JPN,Japan,JPN", "JPN,Japan,MEX", "MEX once", "2 times"),
        ("TWN,Taiwan,TWN,,TWN", "TWN,Taiwan,TWN,,XXX", "a code of world_io_2011", "'XXX'"),
    ],
)
def test_a_code_of_no_source_is_caught(old, new, asked, found, copy, has_fault):
    copy.swap(COUNTRIES.name, old, new)
    has_fault(examine(COUNTRIES)[1], "region_codes.csv", asked, found)


@pytest.mark.parametrize(
    ("old", "new", "asked", "found"),
    [
        ("MVH,TRQ", "MVH,CAR", "one of", "CAR"),
        ("MVH,TRQ\n", "", "a row MVH", "none"),
        ("MVH,TRQ", "OTN,TRQ", "value once", "OTN"),
    ],
)
def test_a_sector_that_is_none_is_caught(old, new, asked, found, copy, has_fault):
    copy.swap(WORLD_SECTORS.name, old, new)
    has_fault(examine(WORLD_SECTORS)[1], "sector_codes.csv", asked, found)
