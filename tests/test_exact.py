import json
from datetime import date
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import pandas as some

from research.errors import Fault
from research.exact import plain, value
from research.figures import Figure
from research.tariffs.elasticities import load_thetas
from research.tariffs.scenario import load_scenario
from research.tariffs.welfare import Setting

DAYS = pd.date_range("2025-01-01", periods=2, freq="MS", name="month")


def there_and_back(x):
    return value(json.loads(json.dumps(plain(x))))


TYPES = [float, "float32", "int8", bool, "datetime64[s]", "datetime64[us]", "timedelta64[us]"]
NAMES = st.one_of(st.none(), st.text(), st.integers())


@st.composite
def frames(draw):
    columns = [some.column(f"c{place}", dtype=np.dtype(kind)) for place, kind in enumerate(TYPES)]
    columns.append(some.column("text", elements=st.text()))
    index = draw(st.sampled_from([some.range_indexes, some.indexes]))
    index = index(max_size=4) if index is some.range_indexes else index(dtype=float, max_size=4)
    frame = draw(some.data_frames(columns, index=index))
    frame = frame.astype({"text": draw(st.sampled_from(["str", "string"]))})
    if draw(st.booleans()):
        frame = frame.set_index(["c2", "text"], drop=False)
    zoned = frame["c5"].dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")
    frame = frame.assign(zoned=zoned).rename_axis(columns=draw(NAMES))
    return frame.set_axis([draw(st.text()) for _ in frame], axis=1)


@settings(max_examples=30, deadline=None)
@given(frames())
def test_a_frame_comes_back_to_the_last_bit(frame):
    back = there_and_back(frame)
    pd.testing.assert_frame_equal(back, frame, check_exact=True, check_index_type="exact")
    assert json.dumps(plain(back)) == json.dumps(plain(frame))
    for place in range(frame.shape[1]):
        ours, theirs = (one.iloc[:, place] for one in (back, frame))
        if ours.dtype == float:
            assert ours.to_numpy().tobytes() == theirs.to_numpy().tobytes()


@settings(max_examples=30, deadline=None)
@given(st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dates()),
    lambda x: st.one_of(st.lists(x), st.tuples(x, x), st.dictionaries(st.text(), x)),
))  # fmt: skip
def test_a_value_comes_back_and_is_told_from_its_likes(x):
    assert repr(there_and_back(x)) == repr(x)


def test_moments_series_and_dataclasses_come_back():
    thetas = there_and_back(load_thetas("mixture"))
    pd.testing.assert_series_equal(thetas.us_sectors, load_thetas("mixture").us_sectors)
    moment = pd.Timestamp("2025-01-01 9:00", tz="Asia/Tokyo")
    assert there_and_back(moment) == moment
    assert there_and_back(pd.Series([1.0, 2.0], DAYS)).index.freq == "MS"


def test_no_two_values_are_written_alike():
    deal, letter = load_scenario("deal_15"), load_scenario("letter_25")
    one, array = pd.Series([1.0, 2.0], DAYS, name="a"), np.array([[1.0, 2.0]])
    different = [
        *(1, 1.0, True, "1", None, 0.0, -0.0, float("nan")),
        *([1, 2], (1, 2), [[1], 2], {"a": 1, "b": 2}, {"b": 2, "a": 1}, [], {}, ["list", 1]),
        *(array, array.T, array.ravel(), array.astype(int), [[1.0, 2.0]]),
        *(one, one.rename("b"), one.rename_axis("day"), one.set_axis(pd.DatetimeIndex([*DAYS])),
          one.astype("float32"), one.to_frame(), one.set_axis(DAYS.as_unit("s")), one.index),
        *(pd.Timestamp("2025-01-01"), pd.Timestamp("2025-01-01", tz="UTC"), date(2025, 1, 1)),
        *(pd.Series(["a"]), pd.Series(["a"], dtype="string")),
        *(deal, letter, deal.model_copy(update={"title": "x"}), Setting(deal, letter),
          Setting(letter, deal), load_thetas("wto"), load_thetas("mixture")),
    ]  # fmt: skip
    written = [json.dumps(plain(x)) for x in different]
    assert not [pair for pair in combinations(written, 2) if pair[0] == pair[1]]
    assert json.dumps(plain(deal)) == json.dumps(plain(deal.model_copy()))


@pytest.mark.parametrize("x", [
    {1, 2}, len, lambda: 1, iter([]), type("Words", (str,), {})("a"), type("Own", (dict,), {})(),
    object(), np.zeros(1, [("a", float)]), np.zeros(1, object), np.float32(1), pd.NaT,
    pd.Series([1, None], dtype="Int64"), Figure, Fault, pd.Series([1]).array.dtype,
])  # fmt: skip
def test_a_type_that_is_not_known_is_refused(x):
    with pytest.raises(TypeError, match="kept"):
        plain(x)
