"""Later rounds move as many jobs as the page of methods says, and none of the nation's."""

import pytest
from studies.later_rounds import largest_share, moved_by_later_rounds
from studies.usual_jobs import usual_model


def test_placing_later_rounds_like_the_first_moves_little():
    made = usual_model()
    assert moved_by_later_rounds(made).sum() == pytest.approx(0, abs=1e-6)
    assert largest_share(made) == pytest.approx(1.7, abs=0.05)
