"""One project in one call: its jobs by year, industry and state, gross and net, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from research.data import load_table
from research.errors import Fault, InputError, raise_if
from research.findings import Finding, told
from research.jobs.ladder import load_ladder
from research.jobs.model import JobDraws, JobsModel, jobs_model, run
from research.jobs.results import INTERVAL
from research.words import about

#: What is taken as given of a project that one asks about: its money is paid, new and on time.
GIVEN = {"financed_share": 1.0, "additional_share": 1.0, "delay_years": 0.0}

_BAND = {"interval": "90 % of draws, an interval from assumptions", "basis": "assumptions"}


@dataclass(frozen=True, eq=False, slots=True)
class ProjectJobs:
    """Jobs of one project: what was asked, the model and its draws.

    Frames have the mean of the draws and, as ``_low`` and ``_high``, the ends of 90 % of them:
    intervals from assumptions. ``print`` says the findings in words.
    """

    template: str
    bn_usd: float
    state: str | None
    model: JobsModel
    draws: JobDraws

    @property
    def by_year(self) -> pd.DataFrame:
        """Jobs in each year, gross and net."""
        gross, net = self.draws.gross.sum(axis=2), self.draws.net
        return _ends({"gross": gross, "net": net}, self.draws.years)

    @property
    def industries(self) -> pd.DataFrame:
        """Gross jobs in a mean year by industry, most first."""
        codes = load_table("jobs/bea_codes").drop_duplicates("code").set_index("code")["name"]
        names = pd.Index([codes.get(one, one) for one in self.draws.industries], name="industry")
        table = _ends({"gross": self.draws.gross_industry}, names)
        return table.sort_values("gross", ascending=False)

    @property
    def states(self) -> pd.DataFrame:
        """Jobs in a mean year by state, gross and net; below zero where more are lost."""
        found = {"gross": self.draws.gross_state, "net": self.draws.net_state}
        return _ends(found, self.draws.states.rename("state")).sort_values("gross", ascending=False)

    def findings(self) -> tuple[Finding, ...]:
        """Give the answers with their numbers, the net jobs of a mean year first."""
        draws, years = self.draws, self.by_year
        net, gross, first, last = draws.mean_net(), draws.mean_gross(), *self.model.years
        best, top = years["gross"].idxmax(), "; ".join(self.industries.index[:3])
        where = self.states["gross"]
        answers = [
            ("net_mean_year", "How many jobs would not be there without it?", net,
             f"{about(net.mean())} jobs in a mean year, {first} to {last}, net of displaced work."),
            ("gross_mean_year", "How many jobs hang on it, whoever fills them?", gross,
             f"{about(gross.mean())} gross jobs in a mean year, most in: {top}."),
            ("gross_best_year", "And in the best year?", draws.peak_gross(),
             f"{about(draws.peak_gross().mean())} gross jobs; on average most of them in {best}."),
            ("permanent_staff", "How many stay?", draws.permanent,
             f"Once it runs it employs {about(draws.permanent.mean())} people itself."),
        ]  # fmt: skip
        if self.state is not None and len(where) > 1:
            here = draws.gross_state[:, draws.states.get_loc(self.state)]
            share = 100 * here.mean() / max(gross.mean(), 1e-9)
            answers.insert(2, ("gross_in_state", f"How many of them in {self.state}?", here,
                f"{about(here.mean())} gross jobs of a mean year, {share:.0f} %, stand in "
                f"{self.state}."))  # fmt: skip
        return tuple(
            Finding(id=f"jobs_of.{name}", question=question, answer=answer, unit="jobs",
                    headline=True, **_value(values), **_BAND)
            for name, question, values, answer in answers
        )  # fmt: skip

    def __str__(self) -> str:
        """Say what was asked and what was found."""
        place = "no state named" if self.state is None else self.state
        start = self.model.projects.lines["start_year"].iloc[0]
        asked = f"{self.template}, {self.bn_usd:g} billion USD, {place}, begun in {start:g}"
        return f"{asked}; all of it paid, new and on time unless rungs say otherwise.\n" + told(
            self.findings()
        )


def jobs_of(
    template: str,
    *,
    bn_usd: float,
    state: str | None = None,
    start_year: float = 2027.0,
    years: Sequence[int] = (2026, 2040),
    rungs: Mapping[str, float | Sequence[float]] | None = None,
    draws: int = 2000,
    seed: int = 550,
    **model: Any,
) -> ProjectJobs:
    """Compute the jobs of one project, such as ``jobs_of("data centre", bn_usd=5, state="Ohio")``.

    ``template`` is a kind of project, bundled or one of ``templates``; ``bn_usd`` what is spent on
    it, USD billion; ``start_year`` when building begins. Without a ``state`` it is spread by the
    building trades. The money is taken as paid, new and on time (`GIVEN`); ``rungs`` set these and
    all others as in `research.jobs.ladder.load_ladder`, which are drawn from their ranges.
    ``model`` are own ``templates``, ``mixes``, ``staff_industry``, ``economy``, ``method`` and
    ``delta`` of `research.jobs.model.jobs_model`.

    Every fault of what is given is named in one `InputError`.
    """
    row = {"template": template, "bn_usd": bn_usd, "start_year": start_year, "state": state}
    project = pd.DataFrame([row], index=["yours"], dtype=object)
    faults = [
        Fault(name, f"a whole number of at least {least}", repr(value))
        for name, value, least in (("draws", draws, 1), ("seed", seed, 0))
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least
    ]
    made = ladder = None
    try:
        ladder = load_ladder({**GIVEN, **(rungs or {})})
    except InputError as error:
        faults += error.faults
    try:
        made = jobs_model(projects=project, years=years, **model)
    except InputError as error:
        faults += [
            replace(one, where=one.where.removeprefix("projects, yours, ")) for one in error.faults
        ]
    raise_if(InputError, "The jobs of this project cannot be computed.", faults)
    assert made is not None
    assert ladder is not None
    found = run(made, ladder.draw(draws, np.random.default_rng(seed)))
    return ProjectJobs(template, float(bn_usd), state, made, found)


def _value(draws: NDArray[np.float64]) -> dict[str, float]:
    low, high = np.quantile(draws, INTERVAL)
    return {"value": float(draws.mean()), "low": float(low), "high": float(high)}


def _ends(found: Mapping[str, NDArray[np.float64]], index: pd.Index) -> pd.DataFrame:
    """Give mean and ends of draws (draws, n) as columns."""
    columns: dict[str, NDArray[np.float64]] = {}
    for name, values in found.items():
        low, high = np.quantile(values, INTERVAL, axis=0)
        columns |= {name: values.mean(axis=0), f"{name}_low": low, f"{name}_high": high}
    return pd.DataFrame(columns, index=index)
