"""The report of a sweep: how far each finding moved, with which parameter; its data as a file."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

from research import tables
from research.figures import Figure, read_out
from research.findings import UNITS, with_unit
from research.report.files import write_together
from research.report.pages import theme
from research.report.pages.page import figure_part
from research.report.sweep.folder import Folder
from research.report.sweep.shares import Shares, shares
from research.words import about, listed

#: Findings with charts of their own.
MOST_DRAWN = 6

# A parameter with more values is drawn in so many groups of runs.
_MOST_PLACES, _GROUPS = 12, 8


def write_summary(kept: Folder) -> None:
    """Write ``summary.html`` and ``.csv`` of a sweep, both or none.

    A question that is not the same in all runs gives way to the name of the finding.
    """
    questions = defaultdict[str, set[str]](set)
    for file in kept.path.glob("runs/*.json"):
        for one in json.loads(file.read_bytes())["findings"]:
            questions[one["id"]].add(one.get("question") or "")
    same = {name: asks.pop() for name, asks in questions.items() if len(asks) == 1}
    frame = kept.frame()
    csv = frame.to_csv(index=False, lineterminator="\n")
    html = _page(kept.path.name, kept.about, frame, same)
    write_together({kept.path / "summary.csv": csv, kept.path / "summary.html": html})


def _page(name: str, told: Any, frame: pd.DataFrame, questions: Mapping[str, str]) -> str:
    asked = {f"p_{one}": given for one, given in told["grid"]["parameters"].items()}
    runs = frame.drop_duplicates("run")
    failed = runs[runs["status"] != "ok"]
    swept = [one for one in asked if len(runs[one].unique()) > 1]
    sampled = [one for one in swept if "low" in asked[one]]
    heads = frame[frame["value"].notna()].fillna({"unit": ""})
    is_head = heads["headline"].astype(bool)
    by_id = dict(iter(heads[is_head | ~is_head.any()].groupby("finding", sort=False)))
    asks = tables.unique([questions.get(one) or f"{words(one)}:" for one in by_id])
    moved = [
        Moved(ask, rows, swept, shares(rows[swept], rows["value"], sampled))
        for ask, rows in zip(asks, by_id.values(), strict=True)
    ]
    source = f"{len(runs) - len(failed)} runs of {told['notebook']}"
    vary = [one for one in moved if one.shares]
    figures = [one.chart(f"finding-{n}", source) for n, one in enumerate(vary[:MOST_DRAWN], 1)]
    bundles = [one._repr_mimebundle_() for one in figures]
    parts = [figure_part(one, f"Figure {number}") for number, one in enumerate(bundles, 1)]
    lost = failed.fillna({"cell": "none"}).to_dict("records")
    sets = [", ".join(f"{words(x)} {run[x]}" for x in swept) for run in lost]
    return theme.page(
        "sweep.html.j2",
        **{"name": name, "told": told, "asked": asked, "moved": moved, "swept": swept},
        **{"sampled": sampled, "words": words, "most_drawn": MOST_DRAWN, "runs": len(runs)},
        **{"charts": parts, "seconds": runs["seconds"].sum()},
        ranges=[[one.question, *one.said()[1]] for one in moved],
        heads=["Finding", *map(words, swept), "together"],
        shares=[[one.question, *one.parts()] for one in vary if len(swept) > 1],
        failed=[[x["run"], y, x["cell"], x["error"]] for x, y in zip(lost, sets, strict=True)],
        values={one: list(runs[one].drop_duplicates().sort_values()) for one in swept},
        chance=max((x.shares.chance for x in moved if x.shares), default=0.0),
        example=([*swept, "run"][0], [*by_id, ""][0]),
    )


def words(name: str) -> str:
    """Write the name of a parameter, or the id of a finding, for people."""
    return name.removeprefix("p_").replace("_", " ").replace(".", ": ")


@dataclass(frozen=True, eq=False, slots=True)
class Moved:
    """A finding over the runs: a row for each run, the columns of parameters and their shares."""

    question: str
    rows: pd.DataFrame
    swept: list[str]
    shares: Shares | None

    def said(self) -> tuple[str, list[str]]:
        """Write its range, and lowest, median and highest, the ends told apart."""
        low, middle, high = self.rows["value"].quantile([0, 0.5, 1])
        of = str(self.rows["unit"].iloc[0])
        unit = UNITS.get(of, f"{{}} {words(of)}".strip()) or "{}"
        digits = next((n for n in range(2, 9) if about(low, n) != about(high, n)), 2)
        texts = [with_unit(unit, about(one, digits)) for one in (low, middle, high)]
        return f"{texts[0].removesuffix(unit.partition('{}')[2])} to {texts[2]}", texts

    @property
    def answer(self) -> str:
        """Say in one sentence how far it moved, and with which parameter most."""
        span, (_, median, _) = self.said()
        if self.shares is None:
            return f"{median} in every run."
        if len(self.swept) == 1:
            return f"{span} over the values of {words(self.swept[0])}."
        leaders, share = self.shares.leaders, 100 * self.shares.share.iloc[0]
        if not leaders:
            return f"{span}; no parameter is seen to move it much by itself."
        told = listed(map(words, leaders[:3]), "or")
        more = f", {share:.0f} % of its variance by itself" * (len(leaders) == 1)
        return f"{span}; {told} moves it most{more}."

    def parts(self) -> list[str]:
        """Write the share of its variance that each parameter moves by itself, and the rest."""
        assert self.shares
        told = []
        for name in self.swept:
            share, error = 100 * self.shares.share[name], 100 * self.shares.error[name]
            words = f"{share:.0f}\N{NO-BREAK SPACE}%" + f" ±{error:.0f}" * bool(error)
            told.append("not told" if pd.isna(share) else words)
        return [*told, f"{100 * self.shares.rest:.0f}\N{NO-BREAK SPACE}%"]

    def chart(self, name: str, source: str) -> Figure:
        """Draw its median, lowest and highest by the values of each parameter, on one scale."""
        from research.report.charts.charts import rows

        title, unit = f"{self.question} {self.answer}", str(self.rows["unit"].iloc[0])
        frame = pd.concat([self._over(one) for one in self.swept])
        drawn = rows(
            frame, label="x", value="median", low="min", high="max", panel="parameter",
            title=title, source=source, xlabel=tables.UNITS.get(unit, words(unit)),
        )  # fmt: skip
        alt = read_out(
            "Medians by value of a parameter, lowest to highest run:", frame, value="median",
            label=["parameter", "x"], interval=("min", "max"), signs=False,
        )  # fmt: skip
        return Figure(name, title, alt, source, frame, drawn)

    def _over(self, name: str) -> pd.DataFrame:
        """Give median and ends by value of a parameter, or by groups of many numbers."""
        x = self.rows[name]
        is_many = is_numeric_dtype(x) and x.nunique() > _MOST_PLACES
        place: Any = pd.qcut(x, _GROUPS, duplicates="drop") if is_many else x
        by = self.rows["value"].groupby(place, observed=True).agg(["median", "min", "max", "size"])
        labels = [f"{x.left:g} to {x.right:g}" if is_many else str(x)[:60] for x in by.index]
        return by.reset_index(drop=True).assign(parameter=words(name), x=labels)
