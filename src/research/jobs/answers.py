"""One project in one call: its jobs by year, industry and state, gross and net, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from research.data import load_table
from research.errors import Fault, InputError, raise_if
from research.findings import Finding, told
from research.jobs.ladder import load_ladder
from research.jobs.model import JobDraws, JobsModel, jobs_model, run
from research.jobs.projects import Array
from research.jobs.results import INTERVAL
from research.words import about

#: What is taken as given of a project that one asks about: its money is paid, new and on time.
GIVEN = {"financed_share": 1.0, "additional_share": 1.0, "delay_years": 0.0}


@dataclass(frozen=True, eq=False, slots=True)
class ProjectJobs:
    """Jobs of one project: what was asked, the model and its draws; ``print`` says it in words.

    Frames have the mean of the draws and, as ``_low`` and ``_high``, the ends of 90 % of them:
    intervals from assumptions.
    """

    state: str | None
    model: JobsModel
    draws: JobDraws

    @property
    def by_year(self) -> pd.DataFrame:
        """Jobs in each year, gross and net."""
        draws = self.draws
        return _ends(draws.years, gross=draws.gross.sum(axis=2), net=draws.net)

    @property
    def industries(self) -> pd.DataFrame:
        """Gross jobs in a mean year by industry, most first."""
        codes = load_table("jobs/bea_codes").drop_duplicates("code").set_index("code")["name"]
        names = pd.Index([codes.get(one, one) for one in self.draws.industries], name="industry")
        return _ends(names, gross=self.draws.gross_industry).sort_values("gross", ascending=False)

    @property
    def states(self) -> pd.DataFrame:
        """Jobs in a mean year by state, gross and net; below zero where more are lost."""
        draws, names = self.draws, self.draws.states.rename("state")
        found = _ends(names, gross=draws.gross_state, net=draws.net_state)
        return found.sort_values("gross", ascending=False)

    def findings(self) -> tuple[Finding, ...]:
        """Give the answers with their numbers, the net jobs of a mean year first."""
        draws, (first, last), place = self.draws, self.model.years, self.state
        most, best = "; ".join(self.industries.index[:2]), self.by_year["gross"].idxmax()
        here = draws.gross_state[:, draws.states == place].sum(axis=1)
        return tuple(
            _finding(f"jobs_of.{name}", question, values, words)
            for name, question, values, words in (
                ("net_mean_year", "How many jobs would not be there without it?", draws.mean_net(),
                 f"jobs in a mean year, {first} to {last}, net of displaced work."),
                ("gross_mean_year", "How many jobs hang on it, whoever fills them?",
                 draws.mean_gross(), f"gross jobs in a mean year, most in: {most}."),
                ("gross_in_state", f"How many of them in {place}?", here,
                 f"of the gross jobs of a mean year stand in {place}."),
                ("gross_best_year", "And in the best year?", draws.peak_gross(),
                 f"gross jobs; on average most in {best}."),
                ("permanent_staff", "How many stay?", draws.permanent,
                 "people are employed by the plant itself."),
            )
            if name != "gross_in_state" or place is not None
        )  # fmt: skip

    def __str__(self) -> str:
        """Say what was asked and what was found."""
        line, place = self.model.projects.lines.iloc[0], self.state or "no state named"
        asked = f"{line['template']}, {line['amount_bn_usd']:g} billion USD, {place}"
        begun = f"begun in {line['start_year']:g}"
        given = f"{begun}; all of it paid, new and on time unless rungs say otherwise."
        return f"{asked}, {given}\n{told(self.findings())}"


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
    faults = list[Fault]()
    given: Any = GIVEN | dict(rungs) if isinstance(rungs, Mapping) else rungs or GIVEN
    try:
        ladder = load_ladder(given)
    except InputError as error:
        faults += error.faults
    try:
        made = jobs_model(projects=project, years=years, **model)
    except InputError as error:
        faults += error.faults
    faults = [replace(one, where=one.where.removeprefix("projects, yours, ")) for one in faults]
    raise_if(InputError, "The jobs of this project cannot be computed.", faults)
    found = run(made, ladder.draw(draws, np.random.default_rng(seed)))
    return ProjectJobs(None if pd.isna(state) else state, made, found)


def _finding(name: str, question: str, values: Array, words: str) -> Finding:
    # What is left of a millionth of a job is a rounding error.
    mean, low, high = np.round([values.mean(), *np.quantile(values, INTERVAL)], 6) + 0.0
    return Finding(
        id=name, question=question, answer=f"{about(mean)} {words}", value=mean, low=low, high=high,
        unit="jobs", interval="90 % of draws, an interval from assumptions", basis="assumptions",
        headline=True,
    )  # fmt: skip


def _ends(index: pd.Index, **found: Array) -> pd.DataFrame:
    columns: dict[str, Array] = {}
    for name, values in found.items():
        low, high = np.quantile(values, INTERVAL, axis=0)
        columns |= {name: values.mean(axis=0), f"{name}_low": low, f"{name}_high": high}
    return pd.DataFrame(columns, index=index)
