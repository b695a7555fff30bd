"""Claims: rules before verdicts, verdicts that err, ten real claims, and how far raters agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from research.data import load_table
from research.deal.scorecard import PROMISED, score
from research.findings import bundle_of
from research.report.notebooks import NOTEBOOKS
from research.teach.check import Checker, Question

#: Real claims to rate, the day whose knowledge counts, and how many verdicts must agree.
TEN = [*(f"nyb_{n:02}" for n in (1, 7, 22, 66, 70, 79)), "an_05", "an_06", "jp_04", "rev_01b"]
AS_OF, ENOUGH = date(2026, 11, 27), 8
#: Kinds of simulated claims: with a figure, supported, false and true ones with a figure.
_KNOWN, _STANDS = "found == found", "word == 'supported'"
_FALSE, _TRUE = f"not is_true and {_KNOWN}", f"is_true and {_KNOWN}"


def claims(n: int = 600, *, noise: float = 1.0, seed: int = 5) -> pd.DataFrame:
    """Simulate claims, half of them true: the rule, the ``true`` number and the one ``found``.

    The figure found errs by ``noise`` and comes in quarters; false claims more often have none.
    """
    rng = np.random.default_rng(seed)
    is_true, at_least = rng.random(n) < 0.5, rng.random(n) < 0.25
    off = np.where(is_true, rng.uniform(0, 1, n), rng.uniform(1.25, 4, n))
    off *= np.where(at_least, np.where(is_true, 1, -1), rng.choice([-1, 1], n))
    said = rng.integers(20, 40, n) / 4
    found = np.round(4 * (said + off + rng.normal(0, noise, n))) / 4
    found[rng.random(n) < np.where(is_true, 0.1, 0.3)] = np.nan
    ends = {"low": said - ~at_least, "high": np.where(at_least, np.inf, said + 1), "near": 1.0}
    return pd.DataFrame({**ends, "found": found, "true": said + off, "is_true": is_true})


def judge(frame: pd.DataFrame) -> pd.Series:
    """Give the verdicts on simulated claims by the rule of the lesson."""
    found, low, high, by = (frame[name] for name in ("found", "low", "high", "near"))
    cases = [found.isna(), found.between(low, high), found.between(low - by, high + by)]
    words = np.select(cases, ["unproven", "supported", "partly"], "contradicted")
    return pd.Series(words, frame.index)


def errs(verdict: Callable[..., Any], seed: int = 1) -> Any:
    """Try a function on claims whose verdict is known, and print the first on which it errs."""
    frame = claims(400, seed=seed).assign(near=np.random.default_rng(seed).integers(1, 8, 400) / 4)
    rule = frame[["found", "low", "high", "near"]].itertuples(index=False, name=None)
    for row, right in zip(rule, judge(frame), strict=True):
        try:
            said = verdict(*row)
        except Exception as error:
            said = error
        if said != right:
            print(f"The function errs where value, low, high, near are {row}: it gives {said!r}.")
            return ... if said is ... else "somewhere"
    return "nowhere"


@cache
def _ten() -> pd.DataFrame:
    asked, results = load_table("deal/claims").loc[TEN], load_table("deal/claims_results")
    found = {one.id: one for spec in NOTEBOOKS for one in bundle_of(spec.cells())}
    card = score(asked, found, results, load_table("deal/claim_ratings"), as_of=AS_OF).frame
    what = card["results"].map(lambda own: "; ".join(results["what"][list(own)]))
    found_is = card["reason"].str.extract("We find (.*)")[0]
    told = what.str[:1].str.upper() + what.str[1:] + ": " + found_is
    return card.assign(evidence=card["evidence"].where(what == "", told))


def ten_claims() -> pd.DataFrame:
    """Give ten real claims with evidence and rule, without the verdict."""
    return _ten()[["paraphrase", "kind", "evidence", "rule", "source_tier", "knowable_on"]].copy()


def how_many_agree(ratings: Any) -> Any:
    """Print how many verdicts on the ten claims are those of the project, not which; or faults."""
    if not isinstance(ratings, Mapping):
        print("Write a dict of id and verdict.")
        return ...
    said = {one: str(word).strip().casefold() for one, word in ratings.items()}
    odd = []
    for one, kind in _ten()["kind"].items():
        words = (*PROMISED.values(), "stalled") if kind == "promise" else (*PROMISED, "open")
        if said.get(one) not in words:
            odd.append(f"{one}: {said.get(one, 'nothing')} is not one of {', '.join(words)}.")
    same = sum(said.get(one) == word for one, word in _ten()["verdict"].items())
    print("\n".join(odd) or f"{same} of {len(TEN)} agree.")
    return "enough" if same >= ENOUGH and not odd else "too few"


def raters(n: int = 150, seed: int = 4) -> pd.DataFrame:
    """Simulate what two raters say of claims, the ``second`` more generous than the ``first``."""
    rng, words = np.random.default_rng(seed), np.array(["contradicted", "partly", "supported"])
    true, out = rng.choice(3, n, p=[0.3, 0.2, 0.5]), {}
    for name, chances in {"first": [0.3, 0.7, 0], "second": [0, 0.7, 0.3]}.items():
        out[name] = words[np.clip(true + rng.choice([-1, 0, 1], n, p=chances), 0, 2)]
    return pd.DataFrame(out)


def real_ratings() -> pd.DataFrame:
    """Give the words of the two real ratings of documents, a row for each claim."""
    wide = load_table("deal/claim_ratings").set_index(["claim_id", "rater"])["verdict"].unstack()
    return wide.set_axis(["first", "second"], axis=1)


@cache
def _pct(of: str, by: float = 0.0, times: float = 1.0) -> float:
    """Per cent of the simulated claims ``of`` a kind that stand, in one of the bands moved."""
    sim = claims().assign(word=judge)
    bands = [sim.assign(low=sim["low"] + up, high=sim["high"] + up) for up in {-by, 0, by}]
    stand = [judge(one.assign(found=times * one["found"])) == "supported" for one in bands]
    return 100 * float(np.any(stand, axis=0)[sim.eval(of)].mean())


def _worth(base: float, true: str = _TRUE, false: str = _FALSE) -> float:
    """Per cent of supported claims that are true, where ``base`` of all are."""
    return 100 * base * _pct(true) / (base * _pct(true) + (1 - base) * _pct(false))


def _agree(frame: pd.DataFrame, other: str = "second") -> tuple[float, float, float]:
    """Give agreement, that by chance with a rater who uses the words of a column, and kappa."""
    same = float((frame["first"] == frame["second"]).mean())
    shares = frame.apply(lambda words: words.value_counts(normalize=True)).fillna(0)
    chance = float(shares["first"] @ shares[other])
    return same, chance, (same - chance) / (1 - chance)


check = Checker({
    "q1": Question(lambda: "C", slips={
        "this one has neither a date nor a measure": lambda: "A",
        "this one has no number (how many are many?)": lambda: "B",
        "this one is about a path that nobody can see": lambda: "D",
    }),
    "q2": Question(lambda: "nowhere"),
    "q3": Question(lambda: _pct(_FALSE), "per cent", slips={
        "claims without a figure counted among the false ones": lambda: _pct("not is_true"),
        "the share of supported claims that are false": lambda: (
            100 - 100 * claims()[judge(claims()) == "supported"]["is_true"].mean()),
    }),
    "q4": Question(lambda: _pct(_FALSE, 1.5), "per cent", slips={
        "the one band that was fixed before": lambda: _pct(_FALSE),
        "true claims counted among the false ones": lambda: _pct(_KNOWN, 1.5),
    }),
    "q5": Question(lambda: _worth(0.1), "per cent", slips={
        "the share of true claims that are supported": lambda: _pct(_TRUE),
        "half of the claims true, as in the simulation": lambda: _worth(0.5),
        "claims without a figure counted in s and f": lambda: _worth(0.1, "is_true", "not is_true"),
    }),
    "q6": Question(lambda: 100 - _pct(_STANDS, times=10), "per cent", slips={
        "the spoilt claims that still stand": lambda: _pct(_STANDS, times=10),
        "all claims, not only those that stood": lambda: 100 - _pct("low < high", times=10),
    }),
    "q7": Question(lambda: "enough"),
    "q8": Question(lambda: _agree(raters())[2], slips={
        "the observed agreement alone": lambda: _agree(raters())[0],
        "no division by what chance leaves": lambda: np.subtract(*_agree(raters())[:2]),
        "the sums of the rows used for both raters": lambda: _agree(raters(), "first")[2],
    }),
    "q9": Question(lambda: _agree(real_ratings())[2], slips={
        "the observed agreement alone": lambda: _agree(real_ratings())[0],
        "open claims left out": lambda: 1.0,
    }, tolerance=0.002),
})  # fmt: skip
