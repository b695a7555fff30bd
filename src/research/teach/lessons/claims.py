"""Claims: rules before verdicts, verdicts that err, ten real claims, and how far raters agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd

from research.data import load_table
from research.deal.ratings import ORDER
from research.deal.scorecard import PROMISED, score
from research.errors import near
from research.findings import bundle_of
from research.report.notebooks import NOTEBOOKS, select
from research.teach.check import Checker, Question

#: Real claims to rate, the day whose knowledge counts, and how many verdicts must agree.
TEN = ["nyb_01", "nyb_07", "nyb_22", "nyb_66", "nyb_70", "nyb_79"]
TEN += ["an_05", "an_06", "jp_04", "rev_01b"]
AS_OF, ENOUGH = date(2026, 11, 27), 8
_WORDS = {"promise": (*dict.fromkeys(PROMISED.values()), "stalled")}


def claims(n: int = 600, *, noise: float = 1.0, seed: int = 5) -> pd.DataFrame:
    """Simulate claims, half of them true: the rule, the ``true`` number and the one ``found``.

    A claim is true if its true number lies from ``low`` to ``high``; one of "at least" has no far
    end. The figure found has an error of standard deviation ``noise`` and comes in quarters; for
    false claims there is more often none.
    """
    rng = np.random.default_rng(seed)
    is_true, at_least = rng.random(n) < 0.5, rng.random(n) < 0.25
    off = np.where(is_true, rng.uniform(0, 1, n), rng.uniform(1.25, 4, n))
    off *= np.where(at_least, np.where(is_true, 1, -1), rng.choice([-1, 1], n))
    said, sign = rng.integers(12, 36, n) / 4, rng.choice([-1, 1], n)
    found = np.round(4 * (said + off + rng.normal(0, noise, n))) / 4
    found[rng.random(n) < np.where(is_true, 0.1, 0.3)] = np.nan
    ends = [sign * (said - ~at_least), sign * np.where(at_least, np.inf, said + 1)]
    return pd.DataFrame({
        "low": np.minimum(*ends), "high": np.maximum(*ends), "near": 1.0, "found": sign * found,
        "true": sign * (said + off), "is_true": is_true,
    })  # fmt: skip


def judge(frame: pd.DataFrame) -> pd.Series:
    """Give the verdicts on simulated claims by the rule of the lesson."""
    found, low, high, by = (frame[name] for name in ("found", "low", "high", "near"))
    cases = [found.isna(), found.between(low, high), found.between(low - by, high + by)]
    words = np.select(cases, ["unproven", "supported", "partly"], "contradicted")
    return pd.Series(words, frame.index)


def errs(verdict: Callable[..., Any], seed: int = 1) -> Any:
    """Try a function on claims whose verdict is known, and say where it errs, or ``nowhere``."""
    frame = claims(400, seed=seed)
    found, low, high = (frame[name] for name in ("found", "low", "high"))
    by = frame["near"] = pd.Series(np.random.default_rng(seed).integers(1, 8, 400) / 4)
    try:
        said = pd.Series([verdict(*row) for row in zip(found, low, high, by, strict=True)])
    except Exception as error:
        print(f"The function stops: {type(error).__name__}: {error}")
        return "stops"
    if said.map(lambda word: word is None or word is ...).all():
        return ...
    two = np.isfinite(high - low)
    cases = {
        "missing": found.isna(), "end": two & ((found == low) | (found == high)),
        "far end": two & ((found == low - by) | (found == high + by)), "at least": ~two,
    }  # fmt: skip
    cases = {"plain": ~np.any([*cases.values()], axis=0), **cases}
    wrong = judge(frame) != said
    return next((kind for kind, here in cases.items() if (wrong & here).any()), "nowhere")


@cache
def _ten() -> pd.DataFrame:
    asked, results = load_table("deal/claims").loc[TEN], load_table("deal/claims_results")
    ids = asked["evidence"].str.split(" | ", regex=False).explode()
    used, ratings = results[results.index.isin(ids)], load_table("deal/claim_ratings")
    reports = select(used["report"].unique(), NOTEBOOKS)
    found = {one.id: one for spec in reports for one in bundle_of(spec.cells()).findings}
    card = score(asked, found, results=results, ratings=ratings, as_of=AS_OF).frame
    what = card["results"].map(lambda own: "; ".join(used["what"][list(own)]))
    found_is = card["reason"].str.extract("We find (.*)")[0]
    told = what.str[:1].str.upper() + what.str[1:] + ": " + found_is
    return card.assign(evidence=card["evidence"].where(what == "", told))


def ten_claims() -> pd.DataFrame:
    """Give ten real claims with evidence and rule, without the verdict."""
    return _ten()[["paraphrase", "kind", "evidence", "rule", "source_tier", "knowable_on"]].copy()


def how_many_agree(ratings: Any) -> Any:
    """Print how many verdicts on the ten claims are those of the project, not which; or faults."""
    if ratings is None or ratings is ...:
        return ...
    if not isinstance(ratings, Mapping):
        print(f"A dict of claim and verdict is asked for, not {type(ratings).__name__}.")
        return "incomplete"
    wrong = [f"{one}: no such claim. {near(str(one), TEN)}" for one in ratings if one not in TEN]
    for one, kind in _ten()["kind"].items():
        words = _WORDS.get(kind, (*ORDER, "open"))
        if one not in ratings:
            wrong.append(f"{one}: no verdict yet.")
        elif ratings[one] not in words:
            wrong.append(f"{one}: {ratings[one]!r} is no verdict on a {kind}: {', '.join(words)}.")
    same = sum(ratings.get(one) == word for one, word in _ten()["verdict"].items())
    print("\n".join(wrong) or f"{same} of {len(TEN)} agree.")
    return "incomplete" if wrong else "enough" if same >= ENOUGH else "too few"


def partner(seed: int) -> dict[str, str]:
    """Simulate the ten verdicts of a student: most are those of the project, some are slips."""
    rng, own = np.random.default_rng(seed), _ten()
    slips = {one: rng.choice(_WORDS.get(kind, ORDER)) for one, kind in own["kind"].items()}
    return {one: str(slips[one] if rng.random() < 0.4 else own.at[one, "verdict"]) for one in TEN}


def raters(n: int = 150, seed: int = 4) -> pd.DataFrame:
    """Simulate what two raters say of claims, the ``second`` more generous than the ``first``."""
    rng, words = np.random.default_rng(seed), np.array(["contradicted", "partly", "supported"])
    true, out = rng.choice(3, n, p=[0.3, 0.2, 0.5]), {}
    for name, chances in {"first": [0.3, 0.7, 0], "second": [0, 0.7, 0.3]}.items():
        out[name] = words[np.clip(true + rng.choice([-1, 0, 1], n, p=chances), 0, 2)]
    return pd.DataFrame(out)


def real_ratings() -> pd.DataFrame:
    """Give the words of the two real ratings of documents, a row for each claim."""
    table = load_table("deal/claim_ratings")
    wide = table.pivot(index="claim_id", columns="rater", values="verdict")
    return wide.set_axis(["first", "second"], axis=1)


@cache
def _judged() -> pd.DataFrame:
    out = claims()
    bands = [out.assign(low=out["low"] + by, high=out["high"] + by) for by in (-1.5, 0, 1.5)]
    stands = pd.concat([judge(one) == "supported" for one in bands], axis=1)
    tenfold = judge(out.assign(found=10 * out["found"]))
    return out.assign(word=judge(out), any=stands.any(axis=1), sum=stands.sum(axis=1), ten=tenfold)


def _pct(of: str, what: str = "word == 'supported'") -> float:
    """Per cent of the simulated claims ``of`` a kind for which ``what`` holds."""
    return 100 * float(_judged().query(of).eval(what).mean())


_FALSE, _TRUE = "not is_true and word != 'unproven'", "is_true and word != 'unproven'"
_STANDS, _ALL = "word == 'supported'", "low < high"


def _worth(base: float) -> float:
    """Per cent of supported claims that are true, where ``base`` of all are."""
    right, wrong = base * _pct(_TRUE), (1 - base) * _pct(_FALSE)
    return 100 * right / (right + wrong)


def _same(frame: pd.DataFrame) -> float:
    return float((frame["first"] == frame["second"]).mean())


def _chance(frame: pd.DataFrame, one: str = "first", other: str = "second") -> float:
    """Agreement by chance of raters who use their words as often as these two columns."""
    shares = frame.apply(lambda words: words.value_counts(normalize=True)).fillna(0)
    shares["both"] = shares.mean(axis=1)
    return float(shares[one] @ shares[other])


def _kappa(frame: pd.DataFrame, *raters: str) -> float:
    chance = _chance(frame, *raters)
    return (_same(frame) - chance) / (1 - chance)


def _shares(cases: dict[str, tuple[str, ...]]) -> dict[str, Callable[[], float]]:
    return {slip: partial(_pct, *case) for slip, case in cases.items()}


check = Checker({
    "q1": Question(lambda: "C", slips={
        "a claim in mind that has neither a date nor a measure": lambda: "A",
        "a claim in mind that has no number (how many are many)": lambda: "B",
        "a claim in mind about a path that nobody can see": lambda: "D",
    }),
    "q2": Question(lambda: "nowhere", slips={
        "a function that errs in plain cases, inside the bands or far outside": lambda: "plain",
        "a function that errs where no figure was found": lambda: "missing",
        "a function that errs at an end of the band, which belongs to it": lambda: "end",
        "a function that errs at the outer end of what is partly so": lambda: "far end",
        "a function that errs where the band has one end only": lambda: "at least",
        "a function that stops with an error": lambda: "stops",
    }),
    "q3": Question(lambda: _pct(_FALSE), "per cent", slips=_shares({
        "claims without a figure counted among the false ones": ("not is_true",),
        "true claims in place of false ones": (_TRUE,),
        "the share of supported claims that are false": (_STANDS, "not is_true"),
        "all claims below the line": (_ALL, f"{_STANDS} and not is_true"),
        "partly counted as supported": (_FALSE, "word in ['supported', 'partly']"),
    })),
    "q4": Question(lambda: _pct(_FALSE, "any"), "per cent", slips=_shares({
        "the one band that was fixed before": (_FALSE,),
        "true claims in place of false ones": (_TRUE, "any"),
        "claims without a figure counted among the false ones": ("not is_true", "any"),
        "the rates of the three bands added up": (_FALSE, "sum"),
        "the mean of the three rates": (_FALSE, "sum / 3"),
        "a claim that must stand under all three bands": (_FALSE, "sum == 3"),
    })),
    "q5": Question(lambda: _worth(0.1), "per cent", slips={
        "the share of true claims that are supported": lambda: _pct(_TRUE),
        "half of the claims true, as in the simulation": lambda: _worth(0.5),
        "the shares of true and false claims exchanged": lambda: _worth(0.9),
        "the share of supported claims that are false": lambda: 100 - _worth(0.1),
        "true over false claims, in place of true over all": lambda: (
            100 * _worth(0.1) / (100 - _worth(0.1))),
        "all claims below the line, not the supported ones": lambda: 0.1 * _pct(_TRUE),
    }),
    "q6": Question(lambda: _pct(_STANDS, "ten != 'supported'"), "per cent", slips=_shares({
        "the spoilt claims that still stand": (_STANDS, "ten == 'supported'"),
        "the wrong sign for the factor ten, or claims with two ends only": (_STANDS, _ALL),
        "all claims, not only those that stood": (_ALL, "ten != 'supported'"),
        "the refused claims over all claims": (_ALL, f"{_STANDS} and ten != 'supported'"),
    })),
    "q7": Question(lambda: "enough", slips={
        f"ratings of which fewer than {ENOUGH} agree": lambda: "too few",
        "ratings that are not complete": lambda: "incomplete",
    }),
    "q8": Question(lambda: _kappa(raters()), slips={
        "the observed agreement alone": lambda: _same(raters()),
        "the agreement by chance alone": lambda: _chance(raters()),
        "no division by what chance leaves": lambda: _same(raters()) - _chance(raters()),
        "the shares of the first rater used for both": lambda: _kappa(raters(), *["first"] * 2),
        "the shares of the second rater used for both": lambda: _kappa(raters(), *["second"] * 2),
        "the mean shares of both raters (Scott's pi)": lambda: _kappa(raters(), *["both"] * 2),
        "equal chances for the three words": lambda: 1.5 * (_same(raters()) - 1 / 3),
    }),
    "q9": Question(lambda: _kappa(real_ratings()), slips={
        "the observed agreement alone": lambda: _same(real_ratings()),
        "open claims left out": lambda: 1.0,
        "rows that differ over all rows": lambda: 1 - _same(real_ratings()),
    }, tolerance=0.002),
})  # fmt: skip
