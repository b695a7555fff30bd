"""What a measure asks for, and a user's own measures from a file."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.data.tariffs import BASES
from research.errors import InputError
from research.tariffs.measures import Measure, check_measures, duty_share, read_measures

shares = st.floats(0, 2)

GOOD = """
- track: s301
  goods: [general, cars]
  rate_share: 0.2
  basis: add_on
  effective_date: 2027-01-01
  known_date: 2026-12-01
  source: an example
- track: s232_pharma
  goods: [patented_pharma]
  rate_share: 0.15
  general_rate_share: 1.0
  basis: cap
  effective_date: 2027-02-01
  known_date: 2026-12-01
  source: an example
"""

BAD = """
- track: s302
  goods: general
  rate_share: 15
  basis: adds
  effective_date: soon
  known_date: 2026-12-01
  source: ""
  colour: red
- just a word
- track: s122
  goods: [general]
  rate_share: -0.1
  basis: cap
  effective_date: 2027-01-01
  source: an example
"""


def measure(basis, rate_share, general_rate_share=None):
    day = pd.Timestamp("2025-09-16")
    return Measure(
        "s232_autos", ("cars",), rate_share, basis, day, day, "made up", general_rate_share
    )


@pytest.mark.parametrize(
    ("basis", "rate", "general", "mfn", "total"),
    [
        ("add_on", 0.25, None, 0.025, 0.275),
        ("floor", 0.15, None, 0.025, 0.15),
        ("floor", 0.15, None, 0.25, 0.25),
        ("cap", 0.15, 1.0, 0.025, 0.15),
        ("cap", 0.15, 0.05, 0.025, 0.075),
        ("metal_content", 0.5, None, 0.025, 0.525),
        ("full_value", 0.5, None, 0.025, 0.525),
        ("exempt", 0.5, None, 0.025, 0.025),
        ("suspended", 0.5, None, 0.025, 0.025),
        ("threat", 0.5, None, 0.025, 0.025),
        ("ends", 0.5, None, 0.025, 0.025),
    ],
)
def test_total_rate_by_basis(basis, rate, general, mfn, total):
    assert mfn + duty_share(measure(basis, rate, general), mfn) == pytest.approx(total, abs=1e-15)


@given(rate=shares, mfn=shares)
def test_floor_is_the_larger_rate_and_never_above_the_add_on(rate, mfn):
    floor, add_on = (duty_share(measure(basis, rate), mfn) for basis in ("floor", "add_on"))
    assert mfn + floor == pytest.approx(max(mfn, rate), abs=1e-12)
    assert 0 <= floor <= add_on


@given(rate=shares, general=shares, mfn=shares)
def test_cap_is_the_general_duty_or_the_room_under_the_cap(rate, general, mfn):
    duty = duty_share(measure("cap", rate, general), mfn)
    assert 0 <= duty <= general
    assert duty == 0 or mfn + duty <= rate + 1e-12


def test_every_basis_is_tested():
    marks = test_total_rate_by_basis.pytestmark[0].args[1]
    assert {row[0] for row in marks} == set(BASES)


def test_own_measures_are_read(tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(GOOD)
    first, second = read_measures(file)
    assert first.goods == ("general", "cars")
    assert first.effective_date == pd.Timestamp("2027-01-01")
    assert first.general_rate_share is None
    assert second.general_rate_share == 1.0


def test_every_fault_of_every_measure_is_named(tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(BAD)
    with pytest.raises(InputError) as caught:
        read_measures(file)
    text = str(caught.value)
    for line in (
        "entry 1, track: asked for one of s232_autos",
        "entry 1, goods: asked for a list of names of goods; found 'general'",
        "entry 1, rate_share: asked for a share from 0 to 2; found 15. For 15 % write 0.15.",
        "entry 1, basis: asked for one of add_on",
        "entry 1, effective_date: asked for a date such as 2025-08-07; found 'soon'",
        "entry 1, source: asked for a citation",
        "entry 1, colour: asked for one of track",
        "entry 2: asked for a mapping",
        "entry 3: asked for a field known_date; found none",
        "entry 3, rate_share: asked for a share from 0 to 2; found -0.1",
        "entry 3: asked for general_rate_share, the rate that is capped; found none",
    ):
        assert line in text
    assert len(caught.value.faults) == 11


@pytest.mark.parametrize("content", ["", "a: 1", "[unclosed", b"\xff\xfe\x00"])
def test_a_file_of_another_form_is_refused(content, tmp_path):
    file = tmp_path / "own.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError, match="YAML list of measures"):
        read_measures(file)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"own\.yaml: asked for a YAML list"):
        read_measures(tmp_path / "own.yaml")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"rate_share": 25}, "For 25 % write 0.25"),
        ({"rate_share": 200}, "For 200 % write 2"),
        ({"rate_share": 201}, "measure 1, rate_share: asked for a share from 0 to 2; found 201.$"),
        ({"rate_share": 10**400}, "found 10{79}[.]{4}$"),
        ({"rate_share": -(16**20_000)}, "found a whole number of thousands of digits"),
        ({"goods": 16**20_000}, "found a whole number of thousands of digits"),
        ({"rate_share": float("nan")}, "found nan"),
        ({"rate_share": True}, "found True"),
        ({"goods": "cars"}, "a list of names"),
        ({"goods": ()}, "a list of names"),
        ({"known_date": pd.NaT}, "found NaT"),
        ({"known_date": pd.Timestamp("2025-01-01", tz="UTC")}, "no time zone"),
        ({"general_rate_share": 1.0}, "general_rate_share for a cap alone"),
    ],
)
def test_measures_made_in_python_are_checked_too(change, found):
    check_measures((measure("add_on", 0.25),))
    with pytest.raises(InputError, match=f"(?i){found}"):
        check_measures((replace(measure("add_on", 0.25), **change),))
