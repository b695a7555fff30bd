"""What an event study gives back."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.errors import InputError, raise_if
from research.events.design import Settings, group_faults, inner_window
from research.events.groups import Members, group_sums, t_bound, t_pvalue
from research.events.models import Array, Fit, Labels
from research.events.tests import SUMMARY, TESTS, outcomes_of, tests_frame
from research.findings import Finding
from research.words import day_words, percent, plain, signed

#: Name of the group when no groups are given.
ALL = "all"

#: Size of the test that findings speak of, and lines that a printed study has at most.
LEVEL, MOST_LINES = 0.05, 40


@dataclass(frozen=True, eq=False, slots=True)
class EventStudy:
    """Abnormal returns around events and the tests on them, shares of all exchanges together.

    Attributes
    ----------
    units
        One row for each (event_id, asset) that could be estimated: date (day 0), calendar,
        n_estimation, df, sigma (residual standard deviation, fraction a day), coefficients;
        ``dimson`` adds ``beta_<column>``, the sum over lags and leads; ``exclude`` adds
        confounded: the event window holds another event's day 0.
    abnormal
        (event_id, asset) x relative day in sessions: abnormal returns, fractions.
    dropped
        Everything left out: event_id, asset, date, part (unit, window, estimation, off session),
        reason.
    settings
        What was asked for: model, windows, the kind of returns.
    groups
        Group of each asset, which the methods take where no others are given; ``None`` puts all
        in one group.
    """

    units: pd.DataFrame
    abnormal: pd.DataFrame
    dropped: pd.DataFrame
    settings: Settings
    groups: pd.Series | None
    _fit: Fit = field(repr=False)
    _days: Labels = field(repr=False)
    _window_days: Labels = field(repr=False)
    _dates: pd.DatetimeIndex = field(repr=False)

    def car(self, window: Sequence[int] | None = None) -> pd.DataFrame:
        """Cumulate abnormal returns of each unit over a window inside the study's window.

        ``se^2 = sigma2 * (m + |sum z|^2)`` for m days: the covariance of the forecast errors
        summed over the window, not a sum of daily variances. With ``garch`` m is the sum of the
        forecast variances over sigma2.

        Table: index (event_id, asset); car, se (fractions), t, df, pvalue; group, where the study
        has groups. NaN where a day of the window is missing (see ``dropped``).
        """
        car, spread = self._cumulate(window)
        se, df = np.sqrt(self._fit.sigma2 * spread), self._fit.df
        pvalue = t_pvalue(car / se, df)
        columns = {"car": car, "se": se, "t": car / se, "df": df, "pvalue": pvalue}
        out = pd.DataFrame(columns, index=self.abnormal.index)
        if self.groups is not None:
            out["group"] = self.groups.reindex(out.index.get_level_values("asset")).to_numpy()
        return out

    def tests(
        self, window: Sequence[int] | None = None, groups: pd.Series | None = None,
        names: Collection[str] = TESTS,
    ) -> pd.DataFrame:  # fmt: skip
        """Run group tests of `research.events.TESTS`, by default all, on the CARs of a window.

        ``groups`` (index: assets) are those of the study by default.

        Table: event_id, group, test, statistic, df, pvalue, n, mean, correlation, overlap, reason.
        An event and group whose units were all dropped keeps its rows, with n = 0.
        """
        return tests_frame(*self._members(window, self._cells(groups)), names)

    def summary(
        self, window: Sequence[int] | None = None, groups: pd.Series | None = None
    ) -> pd.DataFrame:
        """Set the headline tests of each group side by side: one row an event and group.

        Table: index (event_id, group); n, caar (fraction), correlation, one column for each of
        `research.events.tests.SUMMARY`, kp_pvalue, portfolio_pvalue, and date (day 0 of the first
        firm). An event and group whose units were all dropped has n = 0.
        """
        cells = self._cells(groups)
        members, labels = self._members(window, cells)
        sums, tests = outcomes_of(members, SUMMARY)
        out = {"n": members.n, "caar": sums.caar, "correlation": sums.correlation}
        out |= {name: tests[name].statistic for name in SUMMARY}
        out |= {f"{name}_pvalue": tests[f"{name}_t"].pvalue for name in ("kp", "portfolio")}
        asked = self._asked().to_numpy()
        _, first = np.unique(cells[0][cells[0] >= 0], return_index=True)
        return pd.DataFrame(out | {"date": asked[cells[0] >= 0][first]}, index=labels)

    def band(
        self, window: Sequence[int] | None = None, groups: pd.Series | None = None
    ) -> pd.DataFrame:
        """Give the 95 % interval of each group's mean CAR from its equal-weighted portfolio.

        The portfolio's residual variance carries the correlation of the firms, so the band is
        valid with one common date.

        Table: index (event_id, group); caar, low, high (fractions), n.
        """
        members, labels = self._members(window, self._cells(groups))
        sums = group_sums(members)
        half = t_bound(0.95, sums.portfolio_df) * sums.portfolio_se
        columns = {"caar": sums.caar, "low": sums.caar - half, "high": sums.caar + half}
        return pd.DataFrame({**columns, "n": members.n}, index=labels)

    def path(self, groups: pd.Series | None = None) -> pd.DataFrame:
        """Cumulate the mean abnormal return of each group from the first day of the window.

        Table: index (event_id, group, day); columns as `band` for the window up to that day.
        """
        first, last = self.settings.window
        bands = {day: self.band((first, day), groups) for day in range(first, last + 1)}
        path = pd.concat(bands, names=["day"])
        return path.reorder_levels(["event_id", "group", "day"]).sort_index()

    def findings(self) -> tuple[Finding, ...]:
        """Say of each event and group, or of each pooled group, whether it moved beyond chance."""
        days = self.settings.window[1] - self.settings.window[0] + 1
        out = []
        for number, row in enumerate(self._headlines().to_dict("records"), 1):
            name = "The firms" if row["group"] == ALL else str(row["group"])
            # A finding has three numbers and few words: a longer name stands in the question.
            short = len(name.split()) < 7 and len(re.findall(r"\d[\d,.]*", name)) < 2
            when = "in all events pooled" if self.settings.pool else f"on {day_words(row['date'])}"
            if np.isfinite(row["low"]):
                out.append(Finding(
                    id=f"event_study.{number}", question=f"Did {name} move at {row['event_id']}?",
                    answer=f"{name if short else 'The group'} moved {percent(100 * row['mean'])} "
                           f"against the benchmark over {days} session{'s' * (days > 1)} {when}, "
                           f"{'beyond' if row['pvalue'] < LEVEL else 'within'} what chance does.",
                    value=100 * row["mean"], low=100 * row["low"], high=100 * row["high"],
                    unit="pct", interval="95 %, portfolio", basis="model",
                ))  # fmt: skip
        return tuple(out)

    def __str__(self) -> str:
        """Tell events, firms, what was dropped and why, and the headline of each group."""
        s, lost = self.settings, self.dropped[self.dropped["part"] == "unit"]
        events, firms = (self._asked().index.get_level_values(k).nunique() for k in (0, 1))
        window, before = (f"{signed(a, 0)} to {signed(b, 0)}" for a, b in (s.window, s.estimation))
        days = self.dropped.drop(lost.index).groupby(["part", "reason"]).size()
        lines = [
            f"Event study: events {events}, firms {firms}, pairs of both kept {len(self.units)} of "
            f"{len(self.units) + len(lost)}.",
            f"Model {s.model}, {s.returns_are} returns, days {window}, estimated on {before}.",
            *(f"Dropped: {x.asset} at {x.event_id}: {x.reason}." for x in lost.itertuples()),
            *(f"Left out: {n} {part} days: {reason}." for (part, reason), n in days.items()),
        ]
        for row in self._headlines().to_dict("records"):
            mean, low, high = (percent(100 * row[name]) for name in ("mean", "low", "high"))
            p = "< 0.001" if row["pvalue"] < 0.0005 else f"= {row['pvalue']:.3f}"
            told = f"{mean} ({low} to {high}), t = {plain(row['t'])}, p {p}"
            told = told if np.isfinite(row["t"]) else "no test, tests() says why"
            lines.append(f"{row['event_id']}, {row['group']} ({row['n']:.0f}): {told}")
        more = len(lines) - MOST_LINES
        return "\n".join(lines[:MOST_LINES] + [f"and {more} more lines"] * (more > 0))

    def _headlines(self) -> pd.DataFrame:
        from research.events.joint import pooled

        if self.settings.pool:
            events = self.units.index.unique(0)
            return pooled(self).reset_index().assign(event_id=f"{len(events)} events pooled")
        table = self.summary().join(self.band()[["low", "high"]]).reset_index()
        new = {"caar": "mean", "portfolio_t": "t", "portfolio_pvalue": "pvalue"}
        return table.rename(columns=new)

    def residuals(self, event_id: object | None) -> pd.DataFrame:
        """Lay the residuals of an event's estimation window out by calendar day.

        With ``garch`` each has the mean variance of its firm, ``sigma e_t / sqrt(h_t)``, so that
        loud days count as others do.

        Table: dates x assets (``None``: events and assets), fractions; NaN where a day is not used.
        """
        rows, labels = self._rows_of(event_id)
        values, day_sd = self._fit.residuals[rows], self._fit.conditional_sd[rows]
        if day_sd.shape[1]:
            values = values * np.sqrt(self._fit.sigma2[rows])[:, None] / day_sd
        used = np.isfinite(values)
        units = np.repeat(np.arange(len(labels)), used.sum(axis=1))
        keys = [self._dates[self._days[rows][used]], units]
        table = pd.Series(values[used], index=keys).unstack().reindex(columns=range(len(labels)))
        return table.set_axis(labels, axis=1)

    def event_days(
        self, event_id: object | None, window: Sequence[int] | None = None
    ) -> pd.DataFrame:
        """Name the dates of an event's window, assets x relative days; NaT outside the sample."""
        rows, labels = self._rows_of(event_id)
        numbers = self._window_days[rows]
        dates = self._dates.take(numbers.ravel(), allow_fill=True, fill_value=pd.NaT)
        days = dates.to_numpy().reshape(numbers.shape)
        table = pd.DataFrame(days, index=labels, columns=self.abnormal.columns)
        return table.iloc[:, self._columns(window)]

    def _rows_of(self, event_id: object | None) -> tuple[NDArray[np.bool_], pd.Index]:
        """Tell the units of an event, by asset, or all of them, by event and asset."""
        units = self.abnormal.index
        if event_id is None:
            return np.ones(len(units), dtype=bool), units
        rows = np.asarray(units.get_level_values("event_id") == event_id)
        return rows, units.get_level_values("asset")[rows]

    def _columns(self, window: Sequence[int] | None) -> slice:
        """Give the columns of the event window that a window inside it takes."""
        first, last = inner_window(window, self.settings.window)
        return slice(first - self.settings.window[0], last - self.settings.window[0] + 1)

    def _cumulate(self, window: Sequence[int] | None) -> tuple[Array, Array]:
        take = self._columns(window)
        car = self._fit.abnormal[:, take].sum(axis=1)
        error = self._fit.forecast_terms[:, take].sum(axis=1)
        return car, self._fit.error_variance[:, take].sum(axis=1) + (error**2).sum(axis=1)

    def _members(
        self, window: Sequence[int] | None, cells: tuple[Labels, pd.MultiIndex]
    ) -> tuple[Members, pd.MultiIndex]:
        """Gather the units of each group that have every day of the window."""
        car, spread = self._cumulate(window)
        numbers, labels = cells[0][: len(car)], cells[1]
        complete = (numbers >= 0) & np.isfinite(car)
        # A slice takes no copy.
        kept = slice(None) if complete.all() else complete
        members = Members(
            group=numbers[kept],
            n_groups=len(labels),
            car=car[kept],
            spread=spread[kept],
            fit=self._fit.take(kept),
            days=self._days[kept],
            event_days=self._window_days[kept],
            window=self._columns(window),
        )
        return members, labels

    def _asked(self) -> pd.Series:
        """Give day 0 of all units of the request: those estimated, then those dropped."""
        dropped = self.dropped["part"].to_numpy() == "unit"
        if not dropped.any():
            return cast(pd.Series, self.units["date"])
        lost = self.dropped[dropped].set_index(["event_id", "asset"])["date"]
        return pd.concat([self.units["date"], lost])

    def _cells(self, groups: pd.Series | None) -> tuple[Labels, pd.MultiIndex]:
        """Give each unit asked for the number of its (event, group) cell, -1 without a group."""
        groups, asked = self.groups if groups is None else groups, self._asked().index
        (event, asset), (events, assets) = asked.codes, asked.levels
        if groups is not None:
            faults = group_faults(groups, asked.unique("asset"))
            raise_if(InputError, "These groups cannot be tested.", faults)
        of_asset = pd.Series(ALL, index=assets) if groups is None else groups.reindex(assets)
        group, names = pd.factorize(of_asset.to_numpy())
        number = event.astype(np.int64) * len(names) + group[asset]  # codes are as small as can be
        cell = np.where(group[asset] < 0, -1, number)
        cells = pd.unique(cell[cell >= 0])
        place = np.full(len(events) * len(names) + 1, -1)
        place[cells] = np.arange(len(cells))
        codes = [cells // len(names), cells % len(names)]
        return place[cell], pd.MultiIndex([events, names], codes, names=["event_id", "group"])
