"""Tables that a user brings: one matrix, a published inverse."""

import numpy as np
import pandas as pd
import pytest

from research.errors import InputError
from research.jobs import load_io_table, matrix_table, own_economy, requirements

from .random_tables import random_table

SAME = 1e-9
NAMES = ["23", "machines", "services"]
A = pd.DataFrame([[0.02, 0.01, 0.03], [0.30, 0.70, 0.25], [0.15, 0.20, 0.20]], NAMES, NAMES)
L = pd.DataFrame(np.linalg.inv(np.eye(3) - A), NAMES, NAMES)


def test_a_published_inverse_is_taken_as_it_is():
    for table in (matrix_table(inverse=L), matrix_table(inputs=A)):
        need = requirements(table, domestic=False)
        np.testing.assert_allclose(need.industry_by_commodity, L, rtol=1e-8)
    mixed = matrix_table(inverse=L.loc[NAMES[::-1]])
    np.testing.assert_allclose(mixed.use.loc[NAMES, NAMES], A, atol=1e-9)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"inverse": -L}, "figures of at least 0"),
        ({"inverse": L.iloc[:2]}, "inverse, columns"),
        ({"inverse": L.to_numpy()}, "a DataFrame with labels"),
        ({"inverse": L.T}, "transposed"),
        ({"inputs": A.T}, "transposed"),
        ({"inverse": L.where(L < 1.5, 1.0)}, "I - L^-1"),
        ({"inverse": L * 0}, "diagonal"),
        ({"inputs": A, "inverse": L}, "one of the two"),
        ({"inputs": A, "pay": pd.Series(0.9, NAMES)}, "at most a dollar"),
        ({}, "a DataFrame with labels"),
    ],
)
def test_a_matrix_that_is_none_is_refused(given, words):
    with pytest.raises(InputError) as raised:
        matrix_table(**given)
    assert words in str(raised.value)


def test_an_economy_names_every_fault_at_once():
    table = random_table()
    with pytest.raises(InputError) as raised:
        own_economy(
            table,
            pd.Series({"i0": -1.0}),
            imported=pd.Series(0.1, ["c9"]),
        )
    text = str(raised.value)
    assert all(words in text for words in ("jobs_per_musd", "imported"))


def test_the_bundled_table_by_its_own_door_gives_the_bundled_economy():
    """Industries of BEA's summary level stand in the bundled states."""
    from research.jobs import us_economy

    us, table = us_economy(), load_io_table()
    own = own_economy(table, us.jobs_per_musd["nipa_2021"])
    pd.testing.assert_frame_equal(own.inputs, us.inputs)
    pd.testing.assert_frame_equal(own.state_jobs, us.state_jobs)
    pd.testing.assert_frame_equal(own.import_shares, us.import_shares)
