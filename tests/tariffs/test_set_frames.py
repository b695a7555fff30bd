"""The table of elasticities, against the published figures on disk read by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from research.tariffs.names import SET_NAMES
from research.tariffs.set_frames import SHOWN_SECTORS, sets_frame

from .own_cases import raw, sold_by_japan_musd

THETAS = [*SHOWN_SECTORS.values(), "all_goods_theta"]
LONG_RUN = [
    "cp_used", "cp_estimated", "ilms", "boehm_long_low", "boehm_long_high", "fontagne", "wto"
]  # fmt: skip


@pytest.fixture(scope="module")
def table():
    return by_set(LONG_RUN)


def by_set(used):
    words = {shown: name for name, shown in SET_NAMES.items()}
    frame = sets_frame(used)
    return frame.set_index(frame["elasticities"].map(words))


def published(source, sector, column="elasticity"):
    return raw("trade_elasticities").loc[[source]].set_index("sector").at[sector, column]


def test_every_set_on_disk_is_a_row_in_its_order_with_its_words(table):
    sets = raw("elasticity_sets")
    assert list(table.index) == list(dict.fromkeys(sets.index))
    assert table["horizon"].to_dict() == sets.groupby(level=0)["horizon"].first().to_dict()
    assert table["elasticities"].is_unique


def test_flows_without_the_duty_answer_with_one_more_than_spending(table):
    study = "Boehm-Levchenko-Pandalai-Nayar AER 2023"
    for name, source, sector in (
        ("wto", "WTO Advanced Guide ch1 ex2", "all"),
        ("boehm_short", study, "short run (1y)"),
        ("boehm_long_low", study, "long run low"),
        ("boehm_long_high", study, "long run high"),
    ):
        theta = -published(source, sector) - 1
        assert table.loc[name, THETAS].astype(float).to_numpy() == pytest.approx(theta)


def test_a_substitution_elasticity_is_one_more_and_a_share_elasticity_the_thing_itself(table):
    sigma = published("WITS-SMART default", "import substitution")
    assert table.loc["wits", THETAS].astype(float).to_numpy() == pytest.approx(sigma - 1)
    used = "CP2015 used in NAFTA exercise (T.txt)"
    assert table.at["cp_used", "cars_theta"] == pytest.approx(published(used, "Auto"))
    three = [published(used, one) for one in ("Office", "Communication", "Medical")]
    assert table.at["cp_used", "electronics_theta"] == pytest.approx(np.mean(three))


def test_the_error_of_cars_is_the_published_one_or_missing(table):
    assert table.at["ilms", "cars_error"] == published(
        "ILMS 2025 Table 7", "Manufacturing", "standard_error"
    )
    assert table.at["wto", "cars_error"] == published(
        "WTO Advanced Guide ch1 ex2", "all", "standard_error"
    )
    assert pd.isna(table.loc[["wits", "fontagne", "boehm_long_low"], "cars_error"]).all()


def test_all_goods_weigh_sectors_by_what_japan_sells(table):
    sold = sold_by_japan_musd()
    source = "ILMS 2025 Table 7"
    theta = pd.Series(-published(source, "Manufacturing"), sold.index)
    theta["AGR"], theta["MIN"] = (-published(source, one) for one in ("Agriculture", "Mining"))
    assert table.at["ilms", "all_goods_theta"] == pytest.approx((theta * sold).sum() / sold.sum())


def test_use_says_what_is_drawn_what_is_repeated_and_why_others_are_not(table):
    assert table["use"].to_dict() == {
        "cp_used": "no standard error published: repeated",
        "cp_estimated": "drawn from",
        "ilms": "drawn from",
        "boehm_short": "below what models of equilibrium take",
        "boehm_long_low": "no standard error published: repeated",
        "boehm_long_high": "no standard error published: repeated",
        "fontagne": "no standard error published: repeated",
        "wto": "drawn from",
        "wits": "no estimate",
    }


def test_only_the_use_hangs_on_what_is_asked_for(table):
    alone = by_set(["wits"])
    pd.testing.assert_frame_equal(alone.drop(columns="use"), table.drop(columns="use"))
    assert alone.at["wits", "use"] == "no standard error published: repeated"
    assert alone.at["boehm_short", "use"] == table.at["boehm_short", "use"]
    assert (alone.loc[LONG_RUN, "use"] == "not asked for").all()
