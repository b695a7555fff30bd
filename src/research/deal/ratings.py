"""Two ratings of what documents say: how far they agree; and how often claimants are right."""

from __future__ import annotations

import pandas as pd

#: Words of a fact from the least to the best supported, and those of a promise.
ORDER = ("contradicted", "unproven", "partly", "supported")
_OF_FACTS = {"broken": "contradicted", "in part": "partly", "kept": "supported"}
WORDS = {"promise": (*_OF_FACTS, "stalled")}

#: How much a word says: of two, the one that says less is the more cautious.
_SAYS = {"open": 0, "not testable": 0, "unproven": 1, "stalled": 1, "partly": 2}


def agreement(ratings: pd.DataFrame) -> tuple[pd.Series, pd.DataFrame]:
    r"""Compare two ratings: Cohen's kappa with linear weights over `ORDER`, and where they differ.

    :math:`\kappa = 1 - \sum w_{ij} p_{ij} / \sum w_{ij} p_{i.} p_{.j}`, :math:`w_{ij} = |i - j|`
    (Cohen 1968), with the 95 % interval of Fleiss, Cohen and Everitt (1969).

    Returns
    -------
    tuple
        ``kappa``, ``low``, ``high``, ``rows`` (that both rate in these words), ``same`` of them;
        ``open_rows`` (that one calls open or not testable), ``open_same``; rows that differ.
    """
    from statsmodels.stats.inter_rater import cohens_kappa

    said, why = (
        ratings.pivot(index="claim_id", columns="rater", values=column)
        for column in ("verdict", "reason")
    )
    words = said.replace(_OF_FACTS | {"stalled": "unproven"})
    same, ordered = words.iloc[:, 0] == words.iloc[:, 1], words.isin(ORDER).all(axis=1)
    pairs = [pd.Categorical(words.loc[ordered, rater], ORDER) for rater in words]
    kappa = cohens_kappa(pd.crosstab(*pairs, dropna=False).to_numpy(), wt="linear")
    told = {
        "kappa": kappa.kappa, "low": kappa.kappa_low, "high": min(kappa.kappa_upp, 1.0),
        "rows": ordered.sum(), "same": same[ordered].sum(),
        "open_rows": (~ordered).sum(), "open_same": same[~ordered].sum(),
    }  # fmt: skip
    return pd.Series(told), said.join(why.add_prefix("reason_"))[~same]


def combined(own: pd.DataFrame) -> tuple[str, str]:
    """Give word and reason of readings of a claim: the most cautious; of opposites, unproven."""
    told = own.assign(word=own["verdict"].replace(_OF_FACTS))
    told = told.sort_values("word", key=lambda words: words.map(_SAYS).fillna(3), kind="stable")
    word, reason = told.iloc[0][["word", "reason"]]
    if (told["word"] == word).all():
        return word, reason
    said = ", ".join(f"{one.rater} {one.verdict}" for one in own.itertuples())
    word = word if word in _SAYS else "unproven"
    return word, f"Readings differ ({said}); the more cautious counts. {reason}"


def rates(frame: pd.DataFrame, by: str = "claimant_group") -> pd.DataFrame:
    """Count by claimant which decided claims of a scorecard stand; control rows count nowhere.

    Returns
    -------
    DataFrame
        By claimant ``decided``, ``stand``, ``in_part``, ``fail`` (claims), and from ten decided on
        ``share`` that stand with its Wilson interval of 95 %, ``low`` to ``high``.
    """
    from statsmodels.stats.proportion import proportion_confint

    true = frame[frame["control"] == "no"]
    out = pd.crosstab(true[by], true["verdict"].replace(_OF_FACTS))
    out = out.reindex(columns=[*ORDER[:1:-1], ORDER[0]], fill_value=0)
    out = out.set_axis(["stand", "in_part", "fail"], axis=1)
    out.insert(0, "decided", out.sum(axis=1))
    stand, n = (out[column].where(out["decided"] >= 10) for column in ("stand", "decided"))
    low, high = proportion_confint(stand, n, method="wilson")
    return out.assign(share=stand / n, low=low, high=high).sort_values("decided", ascending=False)
