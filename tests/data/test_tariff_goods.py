"""Goods of the measures and their sectors: what the tables hold and what their checks catch."""

import pytest

from research.data import load_table
from research.data.tables import examine
from research.data.tariff_goods import GOODS, SCOPE_KEY, SCOPES


def test_every_row_of_the_timeline_has_a_scope_and_the_reverse():
    key = list(SCOPE_KEY)
    timeline = set(
        load_table("tariffs/us_tariff_timeline_japan")[key].itertuples(index=False, name=None)
    )
    assert (
        set(load_table("tariffs/japan_scopes")[key].itertuples(index=False, name=None)) == timeline
    )


def test_cars_are_in_one_sector_and_parts_in_several():
    goods = load_table("tariffs/goods_sectors")
    assert len(goods) == 16
    assert goods["cars"] == ("MVH",)
    assert goods["auto_parts"] == ("MVH", "RMP", "FMP", "MCH", "ELE", "EEQ")
    held = {sector for sectors in goods for sector in sectors}
    assert held == set(load_table("tariffs/us_mfn_2025_by_sector").index)


def test_blanks_are_blanks():
    scopes = load_table("tariffs/japan_scopes")
    assert scopes["track"].isna().sum() == 3
    assert scopes["rate_share"].notna().sum() == 2


@pytest.mark.parametrize(
    ("old", "new", "asked", "found"),
    [
        ("cars,MVH", "cars,CAR", "a sector of the import table", "'CAR'"),
        ("timber,WPP OMF", "timber,WPP;OMF", "text of the form", "WPP;OMF"),
    ],
)
def test_a_sector_that_is_none_is_caught(old, new, asked, found, copy, has_fault):
    copy.swap(GOODS.name, old, new)
    has_fault(examine(GOODS)[1], "column sectors", asked, found)


@pytest.mark.parametrize(
    ("old", "new", "asked", "found"),
    [
        ("08-01,s232_copper", "08-02,s232_copper", "a row 2025-08-01, s232_copper, add_on", "none"),
        (
            "08-01,s232_copper",
            "08-02,s232_copper",
            "a row of tariffs/us_tariff",
            "2025-08-02, s232",
        ),
        ("s232_copper,copper,,,,,,\n2025", "s232_copper,koper,,,,,,\n2025", "a row of", "'koper'"),
        ("s232_copper,copper,,,,,,\n2025", "s232_copper,,,,,,,\n2025", "track and goods", "one of"),
        ("No bundled figure says what share civil aircraft have", "", "the reason", "a blank"),
        (",0.25,,,,Assumed", ",25,,,,Assumed", "a number from 0 to 1", "25"),
        ("0.15,floor,,,Assumed", "0.15,flor,,,Assumed", "one of add_on", "flor"),
        (
            ",2026-02-23,Void",
            ",2026-02-19,Void",
            "a day from the end",
            "2026-02-19 for ends of 2026",
        ),
        ("trucks,,,,,,Buses", "trucks,,,,,2025-12-01,Buses", "basis ends alone", "for add_on of"),
    ],
)
def test_a_scope_that_does_not_fit_is_caught(old, new, asked, found, copy, has_fault):
    copy.swap(SCOPES.name, old, new)
    has_fault(examine(SCOPES)[1], "japan_scopes.csv", asked, found)
