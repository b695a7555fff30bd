"""What an event study gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import stats

from research.errors import Fault, InputError
from research.events.checks import is_window
from research.events.clustering import clusters
from research.events.covariance import calendar_days
from research.events.inference import SUMMARY, tests_frame
from research.events.members import Members
from research.events.models import Array, Fit, Labels
from research.events.parametric import group_sums
from research.events.result_checks import check_groups, check_level
from research.events.settings import Settings
from research.plots.market import plot_paths

#: Name of the group when no groups are given.
ALL = "all"


@dataclass(frozen=True, eq=False, slots=True)
class EventStudy:
    """Abnormal returns around events and the tests on them.

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
    """

    units: pd.DataFrame
    abnormal: pd.DataFrame
    dropped: pd.DataFrame
    settings: Settings
    _fit: Fit = field(repr=False)
    _days: Labels = field(repr=False)
    _window_days: Labels = field(repr=False)

    def car(self, window: Sequence[int] | None = None) -> pd.DataFrame:
        """Cumulate abnormal returns of each unit over a window inside the study's window.

        ``se^2 = sigma2 * (m + |sum z|^2)`` for m days: the covariance of the forecast errors
        summed over the window, not a sum of daily variances. With ``garch`` m is the sum of the
        forecast variances over sigma2.

        Returns
        -------
        pandas.DataFrame
            Index (event_id, asset); car, se (fractions), t, df, pvalue. NaN where a day of the
            window is missing (see ``dropped``).

        Raises
        ------
        InputError
            If the window is not inside the study's window.
        """
        car, spread = self._cumulate(window)
        se = np.sqrt(self._fit.sigma2 * spread)
        t = car / se
        return pd.DataFrame(
            {
                "car": car,
                "se": se,
                "t": t,
                "df": self._fit.df,
                "pvalue": 2 * stats.t.sf(np.abs(t), self._fit.df),
            },
            index=self.abnormal.index,
        )

    def tests(
        self, window: Sequence[int] | None = None, groups: pd.Series | None = None
    ) -> pd.DataFrame:
        """Run every group test of `research.events.inference.TESTS` on the CARs of a window.

        Parameters
        ----------
        window
            First and last day inside the study's window (default: all of it).
        groups
            Group of each asset (index: assets); ``None`` puts all in one group.

        Returns
        -------
        pandas.DataFrame
            event_id, group, test, statistic, df, pvalue, n, mean, correlation, overlap, variant,
            reason. An event and group whose units were all dropped keeps its rows, with n = 0.

        Raises
        ------
        InputError
            If the window is not inside the study's window, or the groups are not usable.
        """
        return tests_frame(*self._members(window, groups))

    def band(
        self,
        window: Sequence[int] | None = None,
        groups: pd.Series | None = None,
        level: float = 0.95,
    ) -> pd.DataFrame:
        """Give the interval of each group's mean CAR from its equal-weighted portfolio.

        The portfolio's residual variance carries the correlation of the firms, so the band is
        valid with one common date.

        Returns
        -------
        pandas.DataFrame
            Index (event_id, group); caar, low, high (fractions), n.

        Raises
        ------
        InputError
            If ``level`` does not lie between 0 and 1, or as in `tests`.
        """
        check_level(level)
        members, labels = self._members(window, groups)
        sums = group_sums(members, clusters(members))
        half = stats.t.ppf(0.5 + level / 2, sums.portfolio_df) * sums.portfolio_se
        columns = {"caar": sums.caar, "low": sums.caar - half, "high": sums.caar + half}
        return pd.DataFrame({**columns, "n": sums.n}, index=labels)

    def path(self, groups: pd.Series | None = None, level: float = 0.95) -> pd.DataFrame:
        """Cumulate the mean abnormal return of each group from the first day of the window.

        Returns
        -------
        pandas.DataFrame
            Index (event_id, group, day); columns as `band` for the window up to that day.
        """
        first, last = self.settings.window
        parts = [
            self.band((first, day), groups, level).assign(day=day).set_index("day", append=True)
            for day in range(first, last + 1)
        ]
        return pd.concat(parts).sort_index()

    def plot(self, groups: pd.Series | None = None) -> Figure:
        """Draw the path of each event and group with its band, one panel each.

        Raises
        ------
        InputError
            If no group has a unit, or as in `tests`.
        """
        path = self.path(groups).reset_index()
        path["group"] = path["event_id"].astype(str) + " / " + path["group"].astype(str)
        for name in ("caar", "low", "high"):
            path[f"{name}_pct"] = 100 * path[name]
        names = f"{self.settings.model} model, estimation window {self.settings.estimation}"
        return plot_paths(path, "Mean cumulative abnormal returns with 95 % bands", names)

    def summary(
        self, window: Sequence[int] | None = None, groups: pd.Series | None = None
    ) -> pd.DataFrame:
        """Set the headline tests of each group side by side: one row an event and group.

        Returns
        -------
        pandas.DataFrame
            Index (event_id, group); n, caar (fraction), correlation, one column for each of
            `research.events.inference.SUMMARY`, and kp_pvalue, the headline. An event and group
            whose units were all dropped has n = 0.
        """
        tests = self.tests(window, groups)
        by_test = {
            name: rows.set_index(["event_id", "group"]) for name, rows in tests.groupby("test")
        }
        headline = by_test["kp_t"]
        out = headline[["n", "mean", "correlation"]].rename(columns={"mean": "caar"})
        for name in SUMMARY:
            out[name] = by_test[name]["statistic"]
        return out.assign(kp_pvalue=headline["pvalue"])

    def residuals(self, event_id: object, *, rescaled: bool = False) -> pd.DataFrame:
        """Lay the residuals of an event's estimation window out by calendar day.

        Parameters
        ----------
        event_id
            The event.
        rescaled
            With ``garch``, bring each residual to the mean variance of its firm,
            ``sigma e_t / sqrt(h_t)``, so that loud days count as others do. Other models have one
            variance, and nothing changes.

        Returns
        -------
        pandas.DataFrame
            Days x assets (fractions), NaN where a day is not used. A day is a date where the
            events name their exchange, else its number in the table of returns.
        """
        rows = self.abnormal.index.get_level_values("event_id") == event_id
        values = self._rescaled(rows) if rescaled else self._fit.residuals[rows]
        used = np.isfinite(values)
        first = self.settings.estimation[0]
        days = calendar_days(self.units[rows], self._days[rows], first)[used]
        assets = self.abnormal.index.get_level_values("asset")[rows]
        keys = [days, np.repeat(assets, used.sum(axis=1))]
        cells = pd.Series(values[used], index=keys)
        return cells.unstack().reindex(columns=assets)

    def event_days(self, event_id: object, window: Sequence[int] | None = None) -> pd.DataFrame:
        """Name the calendar days of an event's window, assets x relative days."""
        rows = self.abnormal.index.get_level_values("event_id") == event_id
        first = self.settings.window[0]
        days = calendar_days(self.units[rows], self._window_days[rows], first)
        assets = self.abnormal.index.get_level_values("asset")[rows]
        table = pd.DataFrame(days, index=assets, columns=self.abnormal.columns)
        return table.iloc[:, self._columns(window)]

    def _rescaled(self, rows: NDArray[np.bool_]) -> Array:
        """Bring residuals to the mean variance of their firm, (rows, T)."""
        residuals, day_sd = self._fit.residuals[rows], self._fit.conditional_sd[rows]
        if not day_sd.shape[1]:
            return residuals
        return np.asarray(residuals * np.sqrt(self._fit.sigma2[rows])[:, None] / day_sd)

    def _cumulate(self, window: Sequence[int] | None) -> tuple[Array, Array]:
        take = self._columns(window)
        car = self._fit.abnormal[:, take].sum(axis=1)
        error = self._fit.forecast_terms[:, take].sum(axis=1)
        return car, self._fit.error_variance[:, take].sum(axis=1) + (error**2).sum(axis=1)

    def _columns(self, window: Sequence[int] | None) -> slice:
        """Give the columns of the event window that a window inside it takes."""
        first, last = self._inside(window)
        return slice(first - self.settings.window[0], last - self.settings.window[0] + 1)

    def _inside(self, window: Sequence[int] | None) -> tuple[int, int]:
        if window is None:
            return self.settings.window
        low, high = self.settings.window
        if not is_window(window) or window[0] < low or window[1] > high:
            todo = "Run event_study with a wider window."
            asked = f"two days (first, last) within {self.settings.window}"
            raise InputError(
                "A window of tests must lie inside the window of the study.",
                [Fault("window", asked, repr(window), todo)],
            )
        return int(window[0]), int(window[1])

    def _members(
        self, window: Sequence[int] | None, groups: pd.Series | None
    ) -> tuple[Members, pd.MultiIndex]:
        """Gather the units of each group that have every day of the window."""
        car, spread = self._cumulate(window)
        numbers, labels = self._group_numbers(groups)
        complete = (numbers >= 0) & np.isfinite(car)
        # A slice takes no copy.
        kept = slice(None) if complete.all() else complete
        members = Members(
            group=numbers[kept],
            n_groups=len(labels),
            car=car[kept],
            spread=spread[kept],
            sigma2=self._fit.sigma2[kept],
            df=self._fit.df[kept],
            residuals=self._fit.residuals[kept],
            days=self._days[kept],
            abnormal=self._fit.abnormal[kept],
            event_days=self._window_days[kept],
            day_spread=self._fit.error_variance[kept]
            + (self._fit.forecast_terms[kept] ** 2).sum(axis=2),
            window=self._columns(window),
            k=self._fit.coefficients.shape[1],
            conditional_sd=self._fit.conditional_sd[kept],
        )
        return members, labels

    def _group_numbers(self, groups: pd.Series | None) -> tuple[Labels, pd.MultiIndex]:
        """Give each unit the number of its (event, group) cell, -1 where it has no group."""
        asked = self._asked()
        events, assets = (asked.get_level_values(level) for level in ("event_id", "asset"))
        check_groups(groups, assets)
        names = pd.Series(ALL, index=assets) if groups is None else groups.reindex(assets)
        keys = pd.MultiIndex.from_arrays([events, names.to_numpy()], names=["event_id", "group"])
        known = names.notna().to_numpy()
        labels = keys[known].unique()
        numbers = np.full(len(keys), -1)
        numbers[known] = labels.get_indexer(keys[known])
        return numbers[: len(self.abnormal)], labels

    def _asked(self) -> pd.MultiIndex:
        """List all units of the request: those estimated, then those dropped."""
        dropped = self.dropped.loc[self.dropped["part"] == "unit", ["event_id", "asset"]]
        return self.abnormal.index.append(pd.MultiIndex.from_frame(dropped))
