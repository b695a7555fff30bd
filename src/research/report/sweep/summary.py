"""The report of a sweep: how far each finding moved, with which parameter; its data as a file."""

from __future__ import annotations

import base64
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from research.data.catalog import show
from research.errors import DataError, Fault
from research.figures import Figure, read_out
from research.findings import UNITS, with_unit
from research.report.files import write_together
from research.report.pages import theme
from research.report.pages.page import figure_part
from research.report.sweep.shares import Shares, shares
from research.tables import unique
from research.words import about, counted_of, listed

#: Findings with charts of their own, and most rows of the picture of shares and of failures.
MOST_DRAWN, MOST_ROWS = 6, 20

# A parameter with more values is drawn in so many groups of runs.
_MOST_PLACES, _GROUPS = 12, 8


def write_summary(folder: Path) -> Path:
    """Write ``summary.html``, ``.csv`` and ``.parquet`` of a sweep, all of them or none.

    What was asked for is read from ``sweep.json``, rows from ``dataset/``, questions from the first
    of the ``runs/`` that has findings. Where one cannot be read it is a `DataError`.
    """
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq

    try:
        told = json.loads((folder / "sweep.json").read_text("utf-8"))
        asked = {f"p_{name}": one for name, one in told["grid"]["parameters"].items()}
        parts = [pq.read_table(file) for file in sorted(folder.glob("dataset/*.parquet"))]
        table = pa.concat_tables(parts, promote_options="permissive")
        kept = (json.loads(one.read_bytes()) for one in sorted(folder.glob("runs/*.json")))
        found: Any = next((one["findings"] for one in kept if one["findings"]), [])
    except (OSError, ValueError, KeyError, TypeError) as error:
        todo = "Start the sweep again: finished runs are kept."
        fault = Fault(show(folder), "sweep.json, dataset and runs", str(error)[:200], todo)
        raise DataError("A sweep cannot be summarised.", [fault]) from error
    html = _page(
        told, folder.name, asked, table.to_pandas(), {x["id"]: x.get("question") for x in found}
    )
    parquet, csv, page = io.BytesIO(), io.BytesIO(), folder / "summary.html"
    pq.write_table(table, parquet, compression="zstd")
    pa.csv.write_csv(table, csv)
    beside = {"parquet": parquet.getvalue(), "csv": csv.getvalue()}
    write_together({folder / f"summary.{end}": x for end, x in beside.items()} | {page: html})
    return page


def _page(told: Any, name: str, asked: dict[str, Any], frame: pd.DataFrame, questions: Any) -> str:
    runs = frame.drop_duplicates("run")
    failed = runs[runs["status"] != "ok"]
    swept = [one for one in runs if one[:2] == "p_" and len(runs[one].unique()) > 1]
    sampled = [one for one in swept if "low" in (asked.get(one) or ())]
    numbers = frame[frame["value"].notna()]
    heads = numbers[numbers["headline"].astype(bool)]
    by_id = dict(iter((heads if len(heads) else numbers).groupby("finding", sort=False)))
    asks = unique([questions.get(one) or words(one) for one in by_id])
    source = f"{len(runs) - len(failed)} runs of {told['notebook']}"
    pairs = zip(asks, by_id.values(), strict=True)
    moved = [Moved(ask, rows, swept, sampled, source) for ask, rows in pairs]
    split = [one for one in moved if one.shares and one.shares.share.notna().any()][:MOST_ROWS]
    heat = [_who_moves_what(split)] if split and len(swept) > 1 else []
    moving = [one for one in moved if one.shares][:MOST_DRAWN]
    drawn = [x for i, one in enumerate(moving, 1) for x in one.charts(f"finding-{i}")]
    bundles = [one._repr_mimebundle_() for one in [*heat, *drawn]]
    for one in bundles:  # as a notebook has it
        one["image/png"] = base64.b64encode(one["image/png"]).decode()
    parts = [figure_part(one, f"Figure {number}") for number, one in enumerate(bundles, 1)]
    return theme.page(
        "sweep.html.j2",
        **{"told": told, "asked": asked, "moved": moved, "swept": swept, "sampled": sampled},
        **{"runs": runs.to_dict("records"), "failed": failed.to_dict("records")},
        **{"name": name, "words": words, "most_drawn": MOST_DRAWN, "most_rows": MOST_ROWS},
        values={one: list(runs[one].drop_duplicates().sort_values()) for one in swept},
        heat=next(iter(parts[: len(heat)]), None),
        charts=parts[len(heat) :],
        chance=max((one.shares.chance for one in split if one.shares), default=0.0),
        example=(next(iter(swept), "run"), next(iter(by_id), "")),
    )


def words(name: str) -> str:
    """Write the name of a parameter, or the id of a finding, for people."""
    return name.removeprefix("p_").replace("_", " ").replace(".", ": ")


@dataclass(frozen=True, eq=False)
class Moved:
    """A finding over the runs: its question, a row for each run, the columns of parameters."""

    question: str
    rows: pd.DataFrame
    swept: list[str]
    sampled: list[str]
    source: str

    @cached_property
    def shares(self) -> Shares | None:
        """Split its variance by parameter; nothing where it stays as it is."""
        return shares(self.rows[self.swept], self.rows["value"], self.sampled)

    @property
    def unit(self) -> str:
        """Give its unit in words."""
        return str(self.rows["unit"].iloc[0] or "").replace("_", " ")

    def said(self) -> tuple[str, list[str]]:
        """Write its range, and lowest, median and highest, in digits that tell the ends apart."""
        value = self.rows["value"]
        numbers = [value.min(), value.median(), value.max()]
        unit = UNITS.get(self.unit.replace(" ", "_"), f"{{}} {self.unit}".strip()) or "{}"
        digits = 2
        while digits < 9 and about(numbers[0], digits) == about(numbers[2], digits):
            digits += 1
        texts = [with_unit(unit, about(one, digits)) for one in numbers]
        return f"{texts[0].removesuffix(unit.partition('{}')[2])} to {texts[2]}", texts

    @property
    def answer(self) -> str:
        """Say in one sentence how far it moved, and with which parameter most."""
        span, (_, median, _) = self.said()
        if self.shares is None:
            return f"{median} in every run."
        names = self.shares.leaders
        if len(self.swept) == 1:
            return f"{span} over the values of {words(self.swept[0])}."
        if not names:
            return f"{span}; the sample is too small to tell which parameter moves it most."
        told = listed(map(words, names[:3]), "or")
        if len(names) > 1:
            return f"{span}; {told} moves it most, the runs do not tell which."
        share = f"{100 * self.shares.share[names[0]]:.0f} % of its variance by itself"
        return f"{span}; {told} moves it most, {share}."

    def charts(self, name: str) -> Iterator[Figure]:
        """Draw it over each parameter: numbers as points and a line, all others as rows."""
        from research.report.charts.charts import lines, rows

        title = f"{self.question} {self.answer}"
        look: dict[str, Any] = {"title": title, "source": self.source, "panel": "parameter"}
        kinds = {
            x: is_numeric_dtype(y := self.rows[x]) and not is_bool_dtype(y) for x in self.swept
        }
        for kind in dict.fromkeys(kinds.values()):
            chosen = [one for one in self.swept if kinds[one] is kind]
            frame = pd.concat(self._by(one, is_number=kind) for one in chosen)
            if kind:
                places = (
                    self.rows.assign(parameter=words(one), x=self.rows[one]) for one in chosen
                )
                points = pd.concat(places).assign(median=lambda all_: all_["value"])
                bands = [("low", "high")] * bool(frame["low"].notna().any())
                drawn = lines(
                    frame, x="x", y="median", points=points, bands=bands, one_scale=False,
                    dots=True, ylabel=self.unit, **look,
                )  # fmt: skip
            else:
                drawn = rows(
                    frame, label="x", value="median", low="lowest", high="highest",
                    xlabel=self.unit, **look,
                )  # fmt: skip
            alt = read_out(
                "Medians by value of a parameter, from the lowest to the highest run:", frame,
                label=["parameter", "x"], value="median", interval=("lowest", "highest"),
                signs=False,
            )  # fmt: skip
            yield Figure(
                f"{name}{'-rows' * (not kind)}", look["title"], alt, self.source, frame, drawn
            )

    def _by(self, name: str, *, is_number: bool) -> pd.DataFrame:
        x = self.rows[name] if is_number else self.rows[name].astype(str).str[:60]
        is_many = is_number and x.nunique() > _MOST_PLACES
        groups = pd.qcut(x, _GROUPS, duplicates="drop") if is_many else x
        by = self.rows.assign(x=x).groupby(groups, observed=True)
        found = by["value"].agg(["median", "min", "max", "size"])
        found.columns = pd.Index(["median", "lowest", "highest", "runs"])
        ends = by[["low", "high"]].median()
        middle = by["x"].median() if is_number else by["x"].first()
        return found.assign(x=middle, parameter=words(name), **ends).reset_index(drop=True)


def _who_moves_what(moved: list[Moved]) -> Figure:
    from research.report.charts.charts import cells

    frame = pd.DataFrame(
        [one.question, words(name), 100 * one.shares.share[name], 100 * one.shares.error[name]]
        for one in moved
        for name in one.swept
        if one.shares
    ).set_axis(["finding", "parameter", "share_pct", "error_pct"], axis=1)
    frame["words"] = [
        "not told" if pd.isna(share) else f"{share:.0f} %" + f" ±{error:.0f}" * (error > 0)
        for share, error in zip(frame["share_pct"], frame["error_pct"], strict=True)
    ]
    leaders = [one.shares.leaders for one in moved if one.shares]
    most = Counter(names[0] for names in leaders if len(names) == 1).most_common(1)
    title = "Which parameter moves each finding, in shares of its variance over the runs"
    for name, count in most:
        title = f"{words(name)} moves {counted_of(count, len(moved), 'finding').lower()} most"
    drawn = cells(
        frame, row="finding", column="parameter", value="share_pct", words="words",
        unit="share of variance, %", title=title, source=moved[0].source,
    )  # fmt: skip
    alt = read_out(
        "Share of variance, in %:", frame.dropna(), label=["finding", "parameter"],
        value="share_pct", digits=0, signs=False,
    )  # fmt: skip
    return Figure("shares", title, alt, moved[0].source, frame, drawn)
