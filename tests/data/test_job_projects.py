"""Templates, mixes, links and rules: what they hold and what their checks catch."""

import pytest

from research.data import load_table
from research.data.codebook import seal
from research.data.job_projects import LINKS, MIX, REST, TEMPLATES
from research.data.state_tiles import TILES
from research.data.tables import examine
from research.errors import DataError

T, M, L, R = "jobs/project_templates", "jobs/cost_mix", "jobs/project_links", "jobs/rest_rules"


def test_templates_have_their_quantities_and_ranges():
    templates = load_table("jobs/project_templates")
    names = templates.index.get_level_values("template").unique()
    assert len(names) == 10
    assert len(templates) == 3 * len(names)
    assert (templates["low"] <= templates["central"]).all()
    assert (templates["central"] <= templates["high"]).all()


def test_mixes_add_up_and_buy_known_commodities():
    mix = load_table("jobs/cost_mix")["share"]
    sums = mix.groupby(["template", "phase"]).sum()
    assert len(sums) == 20
    assert sums.to_numpy() == pytest.approx(1, abs=1e-12)
    codes = load_table("jobs/bea_codes").query("kind == 'commodity'")["code"]
    assert mix.index.get_level_values("commodity").isin(codes).all()


def test_building_is_a_part_of_every_capital_mix():
    building = load_table("jobs/cost_mix")["share"].xs(
        ("capital", "23"), level=("phase", "commodity")
    )
    assert len(building) == 10
    assert building.between(0.1, 0.6).all()


def test_each_project_is_linked_once_in_each_of_its_states():
    links = load_table("jobs/project_links")
    assert set(links["project"]) == set(load_table("deal/projects").index)
    assert links.groupby("project")["state_share"].sum().to_numpy() == pytest.approx(1)


def test_a_tile_for_each_state():
    tiles = load_table("jobs/state_tiles")
    assert len(tiles) == 51
    assert not tiles[["row", "column"]].duplicated().any()


@pytest.mark.parametrize(
    ("table", "old", "new", "where", "asked", "found"),
    [
        (TEMPLATES, "gas power,build_years,2.5,3.5,", "gas power,build_years,3.6,3.5,",
         "column central", "at least 3.6, the low", "3.5"),
        (TEMPLATES, "gas power,build_years,2.5,", "gas power,build_years,0,",
         "column low", "more than 0 years", "0"),
        (TEMPLATES, "gas power,build_years,", "gas power,building_years,",
         "column quantity", "one of build_years", "'building_years'"),
        (MIX, "gas power,capital,333,0.45,", "gas power,capital,333,0.55,",
         "column share, gas power, capital", "a sum of 1", "1.1"),
        (MIX, "gas power,capital,333,", "gas power,capital,3333,",
         "column commodity", "one of 73 codes", "'3333'"),
        (MIX, "gas power,capital,333,", "gas powers,capital,333,",
         "column template", "one of", "'gas powers'"),
        (LINKS, "Tennessee,0.5,", "Tennessee,0.6,", "column state_share", "a sum of 1", "1.1"),
        (LINKS, "Tennessee,0.5,", "Tenessee,0.5,", "column state", "one of 51", "'Tenessee'"),
        (LINKS, "Texas,1,16.5,", "Texas,1,,", "Gas power, Texas", "not both", "none"),
        (LINKS, "Texas,1,16.5,", "Texas,1,20,", "round 2", "73 bn", "76.5 bn"),
        (LINKS, "terminal,energy terminal,Texas,1,,", "terminal,energy terminal,Texas,1,2,",
         "Texas GulfLink", "not both", "both"),
        (REST, "mou_sectors,semiconductors,semiconductor fab,1,",
         "mou_sectors,semiconductors,semiconductor fab,0.9,", "semiconductors", "sum of 1", "0.9"),
        (REST, "expressions,Carrier,", "expressions,Carier,", "item", "a row Carrier", "none"),
        (REST, "expressions,Carrier,", "expressions,Carier,", "item", "an item of", "'Carier'"),
    ],
)  # fmt: skip
def test_a_slip_is_caught(table, old, new, where, asked, found, copy, has_fault):
    copy.swap(table.name, old, new)
    has_fault(examine(table)[1], where, asked, found)


def test_a_lost_row_of_each_table_is_named(copy, has_fault):
    for name, start in ((T, "gas power,staff"), (L, "Copper smelter"), (R, "expressions,TDK")):
        copy.rows(name, lambda lines, s=start: [line for line in lines if not line.startswith(s)])
    copy.rows(M, lambda lines: [x for x in lines if not x.startswith("gas power,operation")])
    has_fault(examine(TEMPLATES)[1], T, "a row staff_per_bn_usd of gas power", "none")
    seal(T)
    with pytest.raises(DataError):
        load_table("jobs/project_templates")
    has_fault(examine(LINKS)[1], T, "a row staff_per_bn_usd of gas power", "none")


def test_a_lost_link_mix_and_expression_are_named(copy, has_fault):
    copy.rows(L, lambda lines: [line for line in lines if not line.startswith("Copper smelter")])
    copy.rows(R, lambda lines: [line for line in lines if not line.startswith("expressions,TDK")])
    copy.rows(M, lambda lines: [x for x in lines if not x.startswith("gas power,operation")])
    has_fault(examine(LINKS)[1], "column project", "a row Copper smelter", "none")
    has_fault(examine(REST)[1], "column item", "a row TDK of expressions", "none")
    has_fault(examine(MIX)[1], M, "rows operation of gas power", "none")


def test_two_rows_of_a_project_that_disagree_are_caught(copy, has_fault):
    copy.swap(L, "small modular nuclear,Tennessee", "gas power,Tennessee")
    copy.swap(L, "small modular nuclear,Alabama", "small modular nuclear,")
    faults = examine(LINKS)[1]
    has_fault(
        faults, "column template", "one value in all rows", "small modular nuclear, gas power"
    )
    has_fault(faults, "column state", "a state in each of several rows", "a blank")


def test_a_lost_tile_is_named(copy, has_fault):
    copy.rows("jobs/state_tiles", lambda lines: [x for x in lines if not x.startswith("Ohio,")])
    has_fault(examine(TILES)[1], "column state", "a row Ohio", "none")


def test_rules_of_the_rest_use_known_templates():
    names = load_table("jobs/project_templates").index.get_level_values("template")
    assert load_table("jobs/rest_rules")["template"].isin(names).all()
