"""Every assumption of the tariff models: its value is that of the code, its source is named."""

import re
from datetime import date
from importlib import import_module
from inspect import isclass, isfunction, signature
from pathlib import Path
from pkgutil import iter_modules

import pandas as pd
import pytest

import research.tariffs
from research.data import catalog, load_table
from research.parameters import Tariffs
from research.reports.notebooks import NOTEBOOKS
from research.tariffs import assumptions
from research.tariffs.assumed import OWN, REFERENCES, SIDES
from research.tariffs.law import japan_schedule
from research.tariffs.models import MODELS, Case, effects
from research.tariffs.scenario import Rate, Scenario, load_scenario, scenario_of
from research.tariffs.thetas import load_thetas

DOCS = Path(__file__).parents[2] / "docs"
PAGE, METHODS = ((DOCS / name).read_text("utf-8") for name in ("assumptions.md", "methods.md"))

CONSTANTS = (
    "rates.CARS_MFN_SHARE",
    "law.TRACKS_232",
    "law.FIRST_DAY",
    "rates.FOLLOWS_POINTS",
    "models.BASE",
    "pass_through_report.DUTY_LAG_MONTHS",
    "pass_through_report.HORIZON_MONTHS",
    "pass_through_report.FEWEST_DF",
    "pass_through_power.POWER",
    "worlds.ONE_GOOD",
    "models.EXPORT_SUPPLY_ELASTICITY",
    "models.DEMAND_ELASTICITY",
    "gsim_steps.STEPS",
    "market_frames.RATES_SHARE",
    "models.HIGHEST_RATE_SHARE",
    "hat_result.CONDITION_TOLERANCE",
    "elasticities.LOWEST_THETA",
    "welfare_draws.LOW",
    "game_frames.HIGHEST_GAME_RATE_SHARE",
    "tariff_games.TOLERANCE_SHARE",
)


@pytest.fixture(scope="module")
def sections():
    return {title: section() for title, section in assumptions.SECTIONS.items()}


@pytest.fixture(scope="module")
def rows(sections):
    return [row for section in sections.values() for row in section]


def found(place):
    """Module and name of a place, and what stands there."""
    module, name = place.split(".")
    return import_module(f"research.tariffs.{module}"), name


def is_constant(place):
    thing = getattr(*found(place))
    return not (isfunction(thing) or isclass(thing))


def another(value):
    """A value of the same kind."""
    if isinstance(value, dict):
        return {max(value): value[max(value)]}
    if isinstance(value, tuple):
        return value[1:]
    if isinstance(value, pd.Timestamp):
        return value + pd.Timedelta(days=1)
    return value / 2 if isinstance(value, float) else value + 1


def value_at(place, rows):
    """The value of the one row of a place."""
    (value,) = [row.value for row in rows if row.place == place]
    return value


def section_of_methods(heading):
    """Text below one heading, up to the next of the same or a higher level."""
    (start,) = re.finditer(rf"(?m)^(#+) {re.escape(heading)}$", METHODS)
    rest = METHODS[start.end() :]
    end = re.search(rf"(?m)^#{{1,{len(start[1])}}} ", rest)
    return rest[: end.start()] if end else rest


def test_every_assumption_says_everything(rows):
    for row in rows:
        cells = (row.what, row.value, row.reason, row.effect, row.change, *row.sources)
        assert row.sources
        assert all(cell.strip() for cell in cells), row
        assert not any(cell.endswith(".") for cell in cells), row
        assert set(row.flatters) <= set(SIDES), row
    assert len({row.what for row in rows}) == len(rows)
    assert {side for row in rows for side in row.flatters} == set(SIDES)


def test_every_place_is_one_of_the_package(rows):
    for row in rows:
        assert hasattr(*found(row.place)), row.place


def test_every_constant_at_a_place_is_tried(rows):
    assert {row.place for row in rows if is_constant(row.place)} == set(CONSTANTS)


@pytest.mark.parametrize("place", CONSTANTS)
def test_the_value_shown_changes_with_the_constant(place, sections, monkeypatch):
    (title,) = [title for title, rows in sections.items() if place in {row.place for row in rows}]
    module, name = found(place)
    new = "deal_15" if place == "models.BASE" else another(getattr(module, name))
    monkeypatch.setattr(module, name, new)
    assert value_at(place, assumptions.SECTIONS[title]()) != value_at(place, sections[title])


def test_the_values_shown_are_those_of_the_code(rows):
    shown = {
        "models.EXPORT_SUPPLY_ELASTICITY": "elasticity 1.5",
        "game_frames.HIGHEST_GAME_RATE_SHARE": "400 %",
        "rates.CARS_MFN_SHARE": "2.5 %",
    }
    for place, words in shown.items():
        value = getattr(*found(place))
        number = float(re.search(r"[\d.]+", words)[0])
        assert value == pytest.approx(number / 100 if "%" in words else number)
        assert value_at(place, rows) == words


def test_options_shown_are_those_of_a_state_that_names_none(rows):
    plain = Scenario(name="own", title="own", reason="none", rates=())
    shown = {row.what: row.value for row in rows}
    assert shown["Labour does not answer to the real wage"].endswith(
        f" {plain.labour_supply_elasticity:g}"
    )
    assert shown["Revenue goes to households as it is"] == f"`{plain.revenue_use}`"
    through = shown["Prices before duty move with costs alone"]
    assert float(through.split()[2]) == plain.firm_pass_through
    left = shown["Trade deficits stay"]
    assert float(left.split(" %")[0]) / 100 == plain.deficit_left_share


def test_a_flat_rate_is_diluted_by_services(rows):
    (row,) = [row for row in rows if row.what.startswith("Services pay no duty")]
    table, goods = load_table("tariffs/world_io_2011_musd"), set(load_table("tariffs/sector_codes"))
    bought = table[[name for name in table.columns if re.fullmatch("(FD_)?USA(_.*)?", name)]]
    sold = bought.clip(lower=0).sum(axis=1)
    sold = sold[sold.index.str.startswith("JPN_")]
    taxed = sold[[name.split("_")[1] in goods for name in sold.index]].sum()
    assert f"{15 * taxed / sold.sum():.1f} % there" in row.value


def test_negative_cells_are_those_of_the_file(rows):
    (row,) = [row for row in rows if row.what.startswith("Negative cells")]
    table = load_table("tariffs/world_io_2011_musd")
    below = table.to_numpy()[table.to_numpy() < 0]
    assert row.value == f"{len(below)} cells, {-below.sum():,.0f} USD million"


def test_duties_on_metal_content_stand_in_the_deal_and_in_the_letter(rows):
    (row,) = [row for row in rows if row.what == "The deal is the law of one day"]
    days = [load_scenario(name).rates[0].law_of for name in ("letter_25", "deal_15")]
    assert (days[1] - days[0]).days == 1
    assert " 1 day after" in row.value
    for day in days:
        (law,) = japan_schedule().in_force("derivatives_annex_ii", pd.Timestamp(day), known_on=None)
        assert law.basis == "metal_content"


def test_every_source_is_a_table_or_a_work_in_full(rows):
    sources = {source for row in rows for source in row.sources}
    assert sources <= {*catalog.names(), *REFERENCES, OWN}
    assert set(REFERENCES) <= sources
    for name in sources & set(catalog.names()):
        assert catalog.sidecar(name).authority


@pytest.mark.parametrize("name", REFERENCES)
def test_works_are_those_of_the_methods_page(name):
    authors, year = re.fullmatch(r"(.+) \((\d{4})\)", name).groups()
    volume = re.search(r"(\d+), (\d+)-(\d+)$", REFERENCES[name])
    after = rf"[^;]*?\b{volume[1]}\b" if volume else ""
    assert re.search(rf"{authors} \(?{year}\b{after}", METHODS.replace("*", ""))
    assert f"- {name}: {REFERENCES[name]}." in PAGE


def test_what_is_quoted_as_measured_stands_in_methods(rows):
    quoted = [row.measured for row in rows if row.measured]
    assert quoted
    for words, heading in quoted:
        section = section_of_methods(heading).replace("−", "-")
        for number in re.findall(r"\d+(?:\.\d+)?", words):
            alone = rf"(?<![\d.]){re.escape(number)}(?!\d|\.\d)"
            assert re.search(alone, section), (words, number)
        assert f"(methods.md#{assumptions.anchor(heading)})" in PAGE


def test_anchors_are_made_as_pages_make_them():
    assert assumptions.anchor("One good: `a.b_c` (2011)") == "one-good-ab_c-2011"


def test_every_name_in_the_last_column_is_one_of_the_package(rows):
    modules = [
        import_module(f"research.tariffs.{found.name}")
        for found in iter_modules(research.tariffs.__path__)
    ]
    things = {name: thing for module in modules for name, thing in vars(module).items()}
    known = {*MODELS, *Tariffs.model_fields, *catalog.names(), *Rate.model_fields}
    for name, thing in things.items():
        if isfunction(thing):
            known |= {name, *signature(thing).parameters}
        if isclass(thing):
            known |= {name, *getattr(thing, "__annotations__", ())}
    known |= {"reading", "mfn_share", "valuation"}  # columns of tables
    for row in rows:
        for name in re.findall("`([^`]+)`", row.change):
            last = name if "/" in name else re.split(r"[.:]", name)[0]
            parts = name.split(".") if re.fullmatch(r"\w+\.\w+", name) else [last]
            assert parts[-1] in known, (row.what, name)


def test_the_page_has_every_row_and_every_note_of_the_scopes(rows):
    lines = PAGE.splitlines()
    for row in rows:
        (line,) = [line for line in lines if line.startswith(f"| {row.what} | ")]
        assert line.startswith(f"| {row.what} | {row.value} | {row.reason}. *")
    scopes = load_table("tariffs/japan_scopes")
    assert scopes["note"].str.startswith("Assumed").sum() > 0
    for row in scopes[scopes["note"].notna()].itertuples():
        assert any(f"{row.effective_date:%Y-%m-%d}" in line and row.note in line for line in lines)


def test_weights_are_of_the_notebook_by_default():
    default = Tariffs(**NOTEBOOKS[2].defaults())
    assert (default.scenario, default.counterfactual) == assumptions.STATES
    assert (default.draws, default.seed) == (assumptions.DRAWS, assumptions.SEED)
    assert default.elasticity_set == assumptions.MIXTURE


def test_a_weight_is_a_run_of_its_model():
    new, old = map(load_scenario, assumptions.STATES)
    run = effects(MODELS["armington"], Case(new, load_thetas("mixture")), old)
    (line,) = [line for line in PAGE.splitlines() if line.startswith("| `armington` |")]
    assert f"| +{run['imports_pct']:.1f} |" in line
    assert line.endswith(f"| +{run['japan_welfare_pct']:.3f} |")


def test_other_states_are_solved_in_place_of_those_two():
    new, old = map(load_scenario, assumptions.STATES)
    day = date(2025, 8, 6)
    own = {
        "track": "ieepa",
        "goods": list(old.rates[0].measures[0].goods),
        "rate_share": 0.25,
        "basis": "add_on",
        "effective_date": day,
        "known_date": day,
        "source": "as in the letter",
    }
    line = {"importer": "USA", "exporters": ["JPN"], "law_of": day, "measures": [own]}
    early = scenario_of({"title": "early", "reason": "own", "rates": [line]}, "early")
    run = effects(MODELS["many_sectors"], Case(new, load_thetas("mixture")), early)
    model, states, moved = (
        next(line for line in PAGE.splitlines() if line.startswith(f"| {start}")).split(" | ")
        for start in ("`many_sectors`", "as they stand", f"the letter on the law of {day}")
    )
    assert states[1:] == model[2:]
    assert moved[1] == f"+{run['imports_pct']:.1f}"
    assert moved[3] == f"+{run['welfare_pct']:.3f}"
