"""The average rate against the published one, and the goods it is made of."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from research.data import load_table
from research.errors import InputError
from research.tariffs import rates as module
from research.tariffs.measures import TRACKS_232, duty_share
from research.tariffs.rate_words import FOLLOWS_POINTS
from research.tariffs.rates import (
    DIFFERENCES,
    PARTS,
    against_published,
    effective_rate,
    goods_rates,
    japan_goods,
    reading_days,
)
from research.tariffs.schedule import Schedule, japan_schedule
from research.tariffs.sectors import sector_goods, sector_rates

from .own_cases import raw

# Half a percentage point: what tariff lines that are not bundled may come to.
TOLERANCE_SHARE = 0.005


@pytest.fixture(scope="module")
def schedule():
    return japan_schedule()


@pytest.fixture(scope="module")
def goods():
    return japan_goods()


def test_published_rate_comes_out_until_the_annex_expansion():
    table = against_published()
    assert len(table) == len(load_table("tariffs/japan_statutory_rate")) == 31
    off = table[table["difference_share"].abs() > TOLERANCE_SHARE]
    assert [f"{day:%Y-%m-%d}" for day in off.index] == ["2026-06-08", "2026-07-24", "2026-09-29"]
    assert off["why"].str.contains("annex expansion").all()


def test_a_day_tests_where_duties_move_and_no_share_was_read():
    """Days of reading are told from the tables on disk: coverage, and orders without a share."""
    timeline = raw("us_tariff_timeline_japan").reset_index()
    jumps = timeline["authority"].isin(["s232_timber", "s232_semiconductors", "s232_pharma"])
    split = timeline["scope_japan"].str.startswith("derivative list")
    read = {
        *raw("japan_coverage_2024")["from_date"],
        *timeline.loc[jumps | split, "effective_date"],
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


def stepped(day, part):
    """Give the series with another height of one part from a day on; earlier heights stay."""
    series = load_table("tariffs/japan_statutory_rate")
    later = series.index >= day
    if part == "s232_share":
        return series.assign(s232_share=series[part] + 0.001 * later)
    return series.assign(**{part: series[part] * (1 + 0.02 * later)})


@pytest.mark.parametrize("part", ["ieepa_share", "s232_share"])
def test_goods_are_read_off_the_series_on_days_of_reading_alone(part, goods, monkeypatch):
    moved = []
    for day in load_table("tariffs/japan_statutory_rate").index:
        monkeypatch.setattr(
            module,
            "load_table",
            lambda name, day=day: (
                stepped(day, part) if name == "tariffs/japan_statutory_rate" else load_table(name)
            ),
        )
        change = (japan_goods()["import_share"] - goods["import_share"]).abs().max()
        moved += [day] if change > 1e-6 else []
    jumps = [day for day, _ in module.JUMPS.values()]
    assert moved == ([module.SPLIT_DAY] if part == "ieepa_share" else sorted(jumps))
    assert set(moved) <= set(reading_days())


def with_rate(schedule, day, factor, tracks):
    """Give the schedule with other rates of what begins on a day; a duty that ends goes on."""

    def other(measure):
        return replace(measure, rate_share=measure.rate_share * factor)

    hit = [m.effective_date == pd.Timestamp(day) and m.track in tracks for m in schedule.measures]
    measures = [
        other(m) if change else m
        for m, change in zip(schedule.measures, hit, strict=True)
        if not (change and m.basis == "ends")
    ]
    assert any(hit)
    return Schedule(tuple(measures), schedule.not_applied)


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


@pytest.mark.parametrize(
    ("day", "track", "factor", "rows", "seen_on"),
    [
        ("2025-04-03", "s232_autos", 2, ["2025-04-03"], "2025-09-16"),
        ("2025-03-12", "s232_steel", 0.5, ["2025-03-12"], "2025-06-04"),
        ("2026-02-24", "s122", 2, ["2026-02-24", "2026-04-06"], "2026-07-24"),
    ],
)
def test_a_wrong_first_rate_hides_in_the_share_until_a_day_that_tests(
    day, track, factor, rows, seen_on, schedule, monkeypatch
):
    """The share is the published rate over the legal one, so that twice the rate halves it."""
    before, coverage = against_published(), load_table("tariffs/japan_coverage_2024")
    read = (coverage["authority"] == track) & coverage["from_date"].isin(pd.to_datetime(rows))
    assert read.sum() == len(rows)
    share = coverage["covered_share"]
    again = coverage.assign(covered_share=share.where(~read, share / factor))
    wrong = with_rate(schedule, day, factor, (track,))
    monkeypatch.setattr(
        module,
        "load_table",
        lambda name: again if name == "tariffs/japan_coverage_2024" else load_table(name),
    )
    monkeypatch.setattr(module, "japan_schedule", lambda: wrong)
    change = against_published()["difference_share"] - before["difference_share"]
    assert not before.loc[day, "tested"]
    assert abs(change[day]) < 1e-6
    assert before.loc[seen_on, "tested"]
    assert 100 * abs(change[seen_on]) > FOLLOWS_POINTS


def test_later_differences_are_the_reasons_given(schedule, goods):
    published = load_table("tariffs/japan_statutory_rate")
    for day in ("2026-06-08", "2026-07-24", "2026-09-29"):
        ours = effective_rate(schedule, goods, on=day, known_on=None)
        gap = ours - published.loc[day].reindex(ours.index)
        rest = gap["total_share"] - gap["s232_share"] - gap["s301_share"]
        assert abs(rest) < 5e-4
        assert gap["s232_share"] < 0.006


def test_differences_by_authority_add_up_but_for_rounding_of_the_source():
    table = against_published()
    assert (table[list(DIFFERENCES)].sum(axis=1) - table["difference_share"]).abs().max() < 2e-5


def test_parts_follow_the_published_parts(schedule, goods):
    published = load_table("tariffs/japan_statutory_rate").loc[:"2026-05-01", list(PARTS)]
    ours = pd.DataFrame(
        {day: effective_rate(schedule, goods, on=day, known_on=None) for day in published.index}
    ).T[list(PARTS)]
    assert (ours - published).abs().max().max() < 0.002


def test_without_stacking_the_published_rate_is_missed(schedule, goods):
    # Cars and steel would pay the reciprocal duty as well.
    everything = tuple(goods.index)
    measures = [
        Schedule(
            tuple(
                type(m)(m.track, everything if m.track == "ieepa" else m.goods, m.rate_share,
                        m.basis, m.effective_date, m.known_date, m.source, m.general_rate_share)
                for m in schedule.measures
                if m.track not in (TRACKS_232 if drop else ())
            ),
            schedule.not_applied,
        )
        for drop in (False, True)
    ]  # fmt: skip
    published = load_table("tariffs/japan_statutory_rate").loc["2025-05-03", "total_share"]
    for changed in measures:
        ours = effective_rate(changed, goods, on="2025-05-03", known_on=None)["total_share"]
        assert abs(ours - published) > TOLERANCE_SHARE


def test_deal_day_as_in_force_and_as_corrected(schedule, goods):
    rate = {
        known_on: effective_rate(schedule, goods, on="2025-08-07", known_on=known_on)
        for known_on in ("2025-08-07", "2025-09-04", None)
    }
    reciprocal = load_table("tariffs/japan_coverage_2024").set_index("authority")["covered_share"]
    assert rate["2025-08-07"]["ieepa_share"] == pytest.approx(
        0.15 * reciprocal["ieepa_reciprocal"].iloc[-1], abs=1e-12
    )
    assert rate["2025-09-04"].equals(rate[None])
    assert rate[None]["ieepa_share"] < rate["2025-08-07"]["ieepa_share"]


def test_goods_add_up_to_imports_coverage_and_mean_mfn_rate(goods):
    share = goods["import_share"]
    assert (share > 0).all()
    assert share.sum() == pytest.approx(1, abs=1e-12)
    base = load_table("tariffs/japan_statutory_rate")["base_share"].iloc[0]
    assert (share * goods["mfn_share"]).sum() == pytest.approx(base, abs=1e-12)
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
            duties = 0.0
            if name in schedule.goods():
                force = schedule.in_force(name, day, known_on=None)
                duties = sum(duty_share(m, row["mfn_share"]) for m in force)
            by_hand += row["import_share"] * (row["mfn_share"] + duties)
        ours = effective_rate(schedule, goods, on=day, known_on=None)
        assert ours["total_share"] == pytest.approx(by_hand, abs=1e-12)
        assert ours[list(PARTS)].sum() == pytest.approx(by_hand, abs=1e-12)


def test_order_of_goods_does_not_matter_and_goods_are_not_changed(schedule, goods):
    before = goods.copy()
    ours = effective_rate(schedule, goods, on="2025-08-20", known_on=None)
    turned = effective_rate(schedule, goods[::-1], on="2025-08-20", known_on=None)
    assert turned.to_dict() == pytest.approx(ours.to_dict(), abs=1e-15)
    pd.testing.assert_frame_equal(goods, before)


def test_all_faults_of_goods_are_named(schedule, goods):
    bad = goods.copy()
    bad.loc["cars", "import_share"] = 27.57
    bad.loc["steel", "mfn_share"] = -0.01
    with pytest.raises(InputError) as caught:
        goods_rates(schedule, bad.drop(index="copper"), on="2025-08-20", known_on=None)
    text = str(caught.value)
    assert "a row 'copper', which a measure names; found none. Correct the name in the" in text
    assert "goods cars, import_share: asked for a share from 0 to 2; found 27.57" in text
    assert "goods steel, mfn_share: asked for a share from 0 to 2; found -0.01" in text


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda g: g.drop(columns="mfn_share"), "columns import_share, mfn_share"),
        (lambda g: g["import_share"], "columns import_share, mfn_share"),
        (lambda g: pd.concat([g, g.loc[["cars"]]]), "'cars' twice"),
        (lambda g: g.assign(import_share=g["import_share"] * 0.9), "add up to 1; found 0.9"),
    ],
)
def test_goods_of_another_form_are_refused(change, found, schedule, goods):
    with pytest.raises(InputError, match=found):
        effective_rate(schedule, change(goods), on="2025-08-20", known_on=None)


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
        sectors = sector_rates(schedule, goods, on=day, known_on=None)
        mean = (sectors["total_share"] * sectors["import_share"]).sum()
        total = effective_rate(schedule, goods, on=day, known_on=None)["total_share"]
        # Floors fall on MFN rates that differ between sectors, so the means differ a little.
        assert mean == pytest.approx(total, abs=5e-4)


def test_cars_and_steel_show_in_their_sectors(schedule, goods):
    before, after = (
        sector_rates(schedule, goods, on=day, known_on=None) for day in ("2025-09-15", "2025-09-16")
    )
    assert after.at["MVH", "total_share"] == pytest.approx(0.15, abs=1e-3)
    assert before.at["MVH", "total_share"] > 0.25
    assert after.at["STL", "s232_share"] == pytest.approx(0.5, abs=1e-9)
    assert after.loc["TEX"].to_dict() == pytest.approx(before.loc["TEX"].to_dict())


def test_goods_that_sectors_do_not_know_are_refused(goods):
    with pytest.raises(InputError) as caught:
        sector_goods(goods.rename(index={"cars": "ships"}))
    assert "'ships'" in str(caught.value)
    assert "a row cars" in str(caught.value)


def test_goods_too_large_for_their_sectors_are_refused(goods):
    large = goods.assign(import_share=goods["import_share"].where(goods.index != "steel", 0.2))
    with pytest.raises(InputError, match="shares that fit into their sectors"):
        sector_goods(large)
