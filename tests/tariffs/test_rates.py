"""The average rate against the published one, over time, and the goods and laws it is made of."""

import itertools

import pandas as pd
import pytest

from research.data import load_table
from research.errors import InputError
from research.tariffs import rates as module
from research.tariffs.law import FIRST_DAY, Schedule, japan_schedule, names_of
from research.tariffs.rates import (
    DIFFERENCES,
    FOLLOWS_POINTS,
    PARTS,
    against_published,
    effective_rate,
    japan_goods,
    marks,
    most_goods,
    rate_steps,
    reading_days,
)
from research.tariffs.sectors import sector_goods, sector_rates

from .own_cases import in_force, raw

# Half a percentage point: what tariff lines that are not bundled may come to.
TOLERANCE_SHARE = 0.005
ANNEX_DAY = "2026-04-06"
VARIANTS = ["s232_drones", "s232_polysilicon"]


@pytest.fixture(scope="module")
def schedule():
    return japan_schedule()


@pytest.fixture(scope="module")
def goods():
    return japan_goods()


def test_published_rate_comes_out_but_for_law_that_it_could_not_know():
    """Was 0.62, 3.21 and 3.20 points above on the last days: one rate for the annexes."""
    table = against_published()
    assert len(table) == len(load_table("tariffs/japan_statutory_rate")) == 31
    off = table[table["difference_share"].abs() > TOLERANCE_SHARE]
    assert [f"{day:%Y-%m-%d}" for day in off.index] == ["2026-07-24", "2026-09-29"]
    assert (table["left_share"].abs() < TOLERANCE_SHARE / 2).all()
    assert list(100 * table["left_share"].iloc[-3:]) == pytest.approx(
        [-0.045, -0.05, -0.058], abs=5e-3
    )


def test_a_day_tests_where_duties_move_and_no_share_was_read():
    """Days of reading are told from the tables on disk: coverage, and orders without a share."""
    timeline = raw("us_tariff_timeline_japan").reset_index()
    jumps = timeline["authority"].isin(["s232_timber", "s232_semiconductors", "s232_pharma"])
    jumps &= timeline["part"] != "phase 1"  # no change point of the published series
    split = timeline["scope_japan"].str.startswith("derivative list")
    read = {
        *raw("japan_coverage_2024")["from_date"],
        *timeline.loc[jumps | split, "effective_date"],
        "2026-06-08",  # the share of the goods that the order of June moved
    }
    assert {f"{day:%Y-%m-%d}" for day in reading_days()} == read
    series = raw("japan_statutory_rate")
    duties = series[["ieepa_share", "s122_share", "s232_share", "s301_share"]].sum(axis=1)
    wanted, last = [], None
    for day, level in duties.items():
        wanted += [day] if last is not None and abs(level - last) > 5e-4 and day not in read else []
        last = level
    tested = against_published()["tested"]
    assert [f"{day:%Y-%m-%d}" for day in tested.index[tested]] == wanted
    assert len(wanted) > 5


def with_rate(schedule, day, factor, tracks):
    """Give the schedule with other rates of what begins on a day; a duty that ends goes on."""

    def other(measure):
        return measure.model_copy(update={"rate_share": measure.rate_share * factor})

    hit = [str(m.effective_date) == day and m.track in tracks for m in schedule.measures]
    measures = [
        other(m) if change else m
        for m, change in zip(schedule.measures, hit, strict=True)
        if not (change and m.basis == "ends")
    ]
    assert any(hit)
    return Schedule(tuple(measures))


@pytest.mark.parametrize(
    ("day", "tracks"),
    [
        ("2025-06-04", ("s232_steel", "s232_aluminum")),
        ("2025-08-07", ("ieepa",)),
        ("2025-09-16", ("s232_autos", "s232_auto_parts")),
        ("2026-02-20", ("ieepa",)),
        ("2026-07-24", ("s301",)),
    ],
)
def test_a_wrong_rate_is_seen_on_a_day_that_tests(day, tracks, schedule, monkeypatch):
    before = against_published()
    assert before.loc[day, "tested"]
    monkeypatch.setattr(module, "japan_schedule", lambda: with_rate(schedule, day, 0.5, tracks))
    change = against_published()["difference_share"] - before["difference_share"]
    assert 100 * abs(change[day]) > FOLLOWS_POINTS
    assert (change[change.index < day] == 0).all()


def test_differences_by_authority_add_up_but_for_rounding_of_the_source():
    table = against_published()
    assert (table[list(DIFFERENCES)].sum(axis=1) - table["difference_share"]).abs().max() < 2e-5


def test_parts_follow_the_published_parts(schedule, goods):
    published = load_table("tariffs/japan_statutory_rate").loc[:"2026-05-01", list(PARTS)]
    ours = pd.DataFrame(
        {day: effective_rate(schedule, goods, on=day, known_on=None) for day in published.index}
    ).T[list(PARTS)]
    assert (ours - published).abs().max().max() < 0.002


def test_goods_add_up_to_imports_coverage_and_mean_mfn_rate(goods):
    assert (goods["import_share"] > 0).all()
    share = goods["import_share"].groupby(goods.index.str.split(".").str[0]).sum()
    assert share.sum() == pytest.approx(1, abs=1e-12)
    base = load_table("tariffs/japan_statutory_rate")["base_share"].iloc[0]
    assert goods.prod(axis=1).sum() == pytest.approx(base, abs=1e-12)
    covered = load_table("tariffs/japan_coverage_2024").set_index(["authority", "from_date"])[
        "covered_share"
    ]
    s122 = covered["s122"].loc[pd.Timestamp("2026-02-24")]
    assert share[["general", "general_metal_goods"]].sum() == pytest.approx(s122, abs=1e-12)
    metals = ["steel", "aluminum", "aluminum_added", "derivatives", "derivatives_annex_ii"]
    august = pd.Timestamp("2025-08-18")
    wanted = covered["s232_steel"].loc[august] + covered["s232_aluminum"].loc[august]
    assert share[metals].sum() == pytest.approx(wanted, abs=1e-12)


def test_rate_is_the_weighted_sum_over_goods_and_measures(schedule, goods):
    for day in ("2025-04-09", "2025-08-20", "2026-03-01", "2026-10-01"):
        by_hand = 0.0
        for name, row in goods.iterrows():
            force = in_force(schedule, name, day, known_on=None)
            duties = sum(m.duty_share(row["mfn_share"]) for m in force)
            by_hand += row["import_share"] * (row["mfn_share"] + duties)
        ours = effective_rate(schedule, goods, on=day, known_on=None)
        assert ours["total_share"] == pytest.approx(by_hand, abs=1e-12)
        assert ours[list(PARTS)].sum() == pytest.approx(by_hand, abs=1e-12)


def test_every_good_that_a_measure_names_is_one_of_the_goods(schedule, goods):
    named = {name for measure in schedule.measures for name in measure.goods}
    assert named <= set().union(*map(names_of, goods.index))
    assert goods["import_share"].sum() == pytest.approx(1)
    assert goods.min(axis=None) >= 0
    assert goods["mfn_share"].max() < 1


def test_sectors_keep_both_totals_and_the_stated_places(goods):
    table = sector_goods(goods)
    imports = load_table("tariffs/us_imports_2024_musd").loc["JPN"].drop("TOTAL")
    assert table.sum(axis=1).to_dict() == pytest.approx(
        (imports / imports.sum()).to_dict(), abs=1e-8
    )
    assert table.sum().to_dict() == pytest.approx(goods["import_share"].to_dict(), abs=1e-8)
    assert table.loc[table.index != "MVH", "cars"].sum() == 0
    # Odds ratios of a proportional split are one where both goods are allowed in both sectors.
    core = table.loc[["FOD", "CHM"], ["general", "general_s122_exempt"]].to_numpy()
    assert core[0, 0] * core[1, 1] == pytest.approx(core[0, 1] * core[1, 0], rel=1e-6)


def test_sector_rates_average_to_the_total(schedule, goods):
    for day in ("2025-01-01", "2025-06-04", "2025-09-16", "2026-10-01"):
        sectors = sector_rates(schedule, goods, on=pd.Timestamp(day).date())
        mean = (sectors["total_share"] * sectors["import_share"]).sum()
        total = effective_rate(schedule, goods, on=day, known_on=None)["total_share"]
        # Floors fall on MFN rates that differ between sectors, so the means differ a little.
        assert mean == pytest.approx(total, abs=5e-4)


def test_goods_too_large_for_their_sectors_are_refused(goods):
    large = goods.assign(import_share=goods["import_share"].where(goods.index != "steel", 0.2))
    with pytest.raises(InputError, match="shares that fit into their sectors"):
        sector_goods(large)


@pytest.fixture(scope="module")
def steps():
    return rate_steps()


def timeline():
    table = raw("us_tariff_timeline_japan").reset_index()
    days = {"effective_date": pd.to_datetime(table["effective_date"])}
    return table.assign(**days).sort_values(["effective_date", "announced_date"])


def duty_pct(row, normal_share):
    """Duty on top of the normal rate: an add-on as it is, a floor less what is paid anyhow."""
    rate = row.rate_share
    return 100 * (max(rate - normal_share, 0) if row.basis == "floor" else rate)


def test_steps_begin_with_the_schedule_and_whenever_a_measure_takes_effect(steps):
    rows = raw("japan_scopes").reset_index()
    rows = rows[rows["track"].notna() & ~rows["authority"].isin(VARIANTS)]
    days = pd.to_datetime(rows["from_date"].fillna(rows["effective_date"]))
    assert list(steps.index) == sorted({FIRST_DAY, *days[days > FIRST_DAY]})
    assert japan_schedule().change_days() == list(steps.index)


def test_most_goods_pay_what_the_timeline_says_day_by_day():
    table, normal = most_goods(), japan_goods().at["general", "mfn_share"]
    rows = timeline()
    on_most = rows["authority"].isin(["ieepa_reciprocal", "s122", "s301_forced_labour", "scotus"])
    rows = rows[on_most & ~rows["scope_japan"].str.contains("aircraft")]
    tracks = {}
    for day in pd.date_range(FIRST_DAY, table["from_day"].iloc[-1] + pd.Timedelta(days=9)):
        for row in rows[rows["effective_date"] == day].itertuples():
            track = "ieepa_reciprocal" if row.authority == "scotus" else row.authority
            tracks[track] = duty_pct(row, normal)
        added = sum(tracks.values())
        ours = table.iloc[table["from_day"].searchsorted(day, side="right") - 1]
        assert ours["added_pct"] == pytest.approx(added, abs=1e-6)
        assert ours["total_pct"] == pytest.approx(added + 100 * normal, abs=1e-6)


def test_rows_of_most_goods_tile_time_and_neighbours_differ():
    table = most_goods()
    assert table["from_day"].iloc[0] == FIRST_DAY
    next_day = table["to_day"] + pd.Timedelta(days=1)
    assert list(next_day.iloc[:-1]) == list(table["from_day"].iloc[1:])
    assert pd.isna(table["to_day"].iloc[-1])
    assert pd.isna(table["days"].iloc[-1])
    span = table["from_day"].iloc[-1] - FIRST_DAY
    assert table["days"].sum() == span.days
    assert (table["added_pct"].diff().iloc[1:].abs() > 0.1).all()


def test_marks_are_lasting_changes_of_the_law_and_the_days_of_letter_and_deal():
    found = {f"{row.day:%Y-%m-%d}": (row.label, row.kind) for row in marks().itertuples()}
    assert found == {
        "2025-03-12": ("25 % on metals", "in force"),
        "2025-04-03": ("25 % on cars", "in force"),
        "2025-04-05": ("10 % on most goods", "in force"),
        "2025-06-04": ("50 % on metals", "in force"),
        "2025-07-07": ("letter: 25 % from 1 August", "threat"),
        "2025-07-22": ("deal announced", "announced"),
        "2025-08-07": ("15 % on most goods", "in force"),
        "2025-09-16": ("15 % on cars", "in force"),
        "2026-02-20": ("emergency duties end", "ruling"),
        "2026-02-24": ("10 % on most goods", "in force"),
        "2026-07-24": ("12.5 % on most goods", "in force"),
    }
    assert marks()["day"].is_monotonic_increasing
    deal = timeline()["scope_japan"].str.contains("deal rate as first")
    assert timeline().loc[deal, "announced_date"].item() == "2025-07-22"


def metals_by_hand(close, grid, moved, day):
    """Duties on metals by plain arithmetic over the tables on disk, share of imports."""
    covered = raw("japan_coverage_2024").reset_index().set_index(["authority", "from_date"])
    share = covered["covered_share"]
    steel, steel_all = share["s232_steel"]
    alu, _, alu_all = share["s232_aluminum"]
    primary = steel + alu + share["s232_copper"].item()
    pool = steel_all - steel + alu_all - alu + share["s122"].iloc[0] - share["s122"].iloc[1]
    base = raw("japan_statutory_rate")["base_share"].iloc[0]
    cars = share["s232_autos"].item()
    floor = 0.15 - (base - cars * 0.025) / (1 - cars)
    at_15, middle = pool * (1 - close) * grid, pool * (1 - close) * (1 - grid)
    if day >= "2026-06-08":
        at_15, middle = at_15 + moved * middle, (1 - moved) * middle
    return 0.5 * (primary + close * pool) + 0.25 * middle + floor * at_15


@pytest.mark.parametrize("day", [ANNEX_DAY, "2026-06-08", "2026-07-24"])
def test_the_range_of_the_rate_is_that_of_all_corners_of_the_shares(day):
    """Annexes were whole groups of goods without a range; here by brute force over their ends."""
    splits = raw("goods_splits").loc[["annex_i_a", "annex_iii", "annex_i_c"]]
    central = metals_by_hand(*splits["central"], day)
    ends = [
        metals_by_hand(*x, day) - central
        for x in itertools.product(*splits[["low", "high"]].to_numpy())
    ]
    ours = against_published().loc[day]
    assert ours["low_share"] - ours["ours_share"] == pytest.approx(min(ends), abs=1e-12)
    assert ours["high_share"] - ours["ours_share"] == pytest.approx(max(ends), abs=1e-12)
    metals = ["s232_steel_share", "s232_aluminum_share", "s232_copper_share"]
    published = raw("japan_statutory_rate").loc[day, metals].sum()
    assert central == pytest.approx(published, abs=2e-4)


@pytest.mark.parametrize(
    ("on", "known_on", "parts"),
    [
        ("2025-04-05", None, [1.55, 5.42, 0.00, 7.46, 0.00, 14.43]),
        ("2025-08-07", "2025-08-07", [1.55, 6.66, 0.00, 11.10, 0.00, 19.31]),
        ("2025-08-07", None, [1.55, 6.13, 0.00, 11.10, 0.00, 18.79]),
        ("2025-09-15", None, [1.55, 5.88, 0.00, 13.55, 0.00, 20.97]),
        ("2025-09-16", None, [1.55, 5.88, 0.00, 9.00, 0.00, 16.43]),
        ("2026-02-20", None, [1.55, 0.00, 0.00, 9.20, 0.00, 10.75]),
        ("2026-02-24", None, [1.55, 0.00, 3.09, 9.20, 0.00, 13.84]),
        ("2026-07-24", None, [1.55, 0.00, 0.00, 8.42, 2.60, 12.57]),
    ],
)
def test_rates_by_day(on, known_on, parts, schedule, goods):
    """The table of docs/methods/tariffs.md."""
    rates = 100 * effective_rate(schedule, goods, on=on, known_on=known_on)
    names = ["base_share", "ieepa_share", "s122_share", "s232_share", "s301_share", "total_share"]
    assert list(rates[names]) == pytest.approx(parts, abs=0.0051)


def test_the_published_rate_is_behind_the_law_by_the_section_301_duty(goods):
    """Was one difference of 3.2 points; 2.6 of them are law of after the day of the series."""
    table, raw_law = against_published(), raw("us_tariff_timeline_japan")
    row = raw_law.query("authority == 's301_forced_labour'").iloc[0]
    most = goods.loc["general"]
    share = goods.loc[["general", "general.drones"], "import_share"].sum()
    by_hand = share * (row["rate_share"] - most["mfn_share"])
    late = table.index >= row.name
    assert row["announced_date"] > "2026-06-29"
    assert table.loc[late, "behind_share"].tolist() == pytest.approx([by_hand] * late.sum())
    assert (table.loc[~late, "behind_share"] == 0).all()
    assert (table["left_share"].abs() < table["difference_share"].abs() - 0.02)[late].all()
