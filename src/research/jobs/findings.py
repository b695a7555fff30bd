"""What the numbers of the jobs notebook mean, in sentences computed from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from research.jobs.model import JobDraws
from research.jobs.names import RUNG_NAMES
from research.jobs.verdict import THRESHOLDS, interval
from research.words import counted

_THOUSAND = 1_000.0

# Sobol indices below this are no more than the error of their estimate.
_SMALL_INDEX = 0.05

#: Ids of deal/claims that state jobs.
CLAIMS = ("wh_02", "nyb_04", "wh_16", "jobs_01", "jobs_02")


def claim_sentence(projects: pd.DataFrame) -> str:
    """Say what was claimed, and how many projects came with a number of jobs.

    Parameters
    ----------
    projects
        From ``deal/projects``.
    """
    # A count of jobs in the table is a number; notes say that there is none.
    told = projects["announced_jobs"].fillna("").str.contains(r"\d")
    return (
        f"**The claim.** Officials spoke of hundreds of thousands of jobs, also for swing states. "
        f"{counted(int(told.sum()))} of the {len(projects)} projects selected, put forward or "
        f"discussed so far came with a number of jobs."
    )


def face_value_sentence(face: JobDraws) -> str:
    """Say what the claim's own premises give."""
    gross, peak = float(face.mean_gross()[0]), float(face.peak_gross()[0])
    best = int(face.years[face.gross[0].sum(axis=1).argmax()])
    reached = [f"{one:,}" for one in THRESHOLDS if peak >= one]
    verdict = f"beyond {reached[-1]}" if reached else f"below {THRESHOLDS[0]:,}"
    return (
        f"**At face value the claim is {'not absurd' if reached else 'out of reach'}.** If every "
        f"dollar were selected, paid, new, on time, kept its worth and took nobody from other "
        f"work, {_thousand(gross)} jobs would stand in a mean year from {face.years[0]} to "
        f"{face.years[-1]}, and {_thousand(peak)} in the best year, {best}: {verdict}. Once all "
        f"plants stand, {_thousand(float(face.permanent[0]))} people are their permanent staff."
    )


def money_sentence(money: pd.DataFrame) -> str:
    """Say what is left of the pledge."""
    new, home = money.loc["additional"], money.loc["spent_in_us"]
    return (
        f"**Down the ladder, ${money.loc['pledged', 'mean']:,.0f}bn become "
        f"${home['mean']:,.0f}bn.** On average over the draws ${new['mean']:,.0f}bn are selected, "
        f"paid and would not have come anyway, and ${home['mean']:,.0f}bn of it are spent in the "
        f"US by the horizon (90 % of draws: {home['low']:,.0f} to {home['high']:,.0f}). Most "
        f"rungs are assumptions, each listed with its reason."
    )


def jobs_sentence(draws: JobDraws) -> str:
    """Say how many jobs that is."""
    gross, net, peak = (
        interval(jobs) for jobs in (draws.mean_gross(), draws.mean_net(), draws.peak_gross())
    )
    return (
        f"**That is {_thousand(net['mean'])} net jobs in a mean year.** Gross it is "
        f"{_thousand(gross['mean'])} ({_between(gross)}), net of jobs displaced elsewhere "
        f"{_thousand(net['mean'])} ({_between(net)}), and {_thousand(peak['mean'])} gross in the "
        f"best year ({_between(peak)})."
    )


def verdict_sentence(chances: pd.DataFrame) -> str:
    """Give the verdict on the claim."""
    p = chances.set_index(["count", "where", "threshold"])["probability"]
    lowest = THRESHOLDS[0]
    parts = [
        f"{_chance(p[count, where, lowest])} {label}"
        for label, count, where in (
            ("gross in the best year", "gross, best year", "all states"),
            ("gross in a mean year", "gross", "all states"),
            ("net in a mean year", "net", "all states"),
            ("gross in the swing states", "gross", "swing states"),
        )
    ]
    second = _chance(p["gross, best year", "all states", THRESHOLDS[1]])
    return (
        f'**Verdict on "hundreds of thousands".** The chance of at least {lowest:,} jobs is '
        f"{', '.join(parts)}. For {THRESHOLDS[1]:,} it is {second} even gross in the best year."
    )


def job_years_sentence(phases: pd.DataFrame, draws: JobDraws, total_years: pd.DataFrame) -> str:
    """Part jobs from job-years, and building from permanent work.

    Parameters
    ----------
    phases, draws
        From `research.jobs.frames.phases_frame` and the model.
    total_years
        From `research.jobs.verdict.job_years`.
    """
    last = phases.iloc[-1]
    total = phases["building"].sum() + phases["operation"].sum()
    staff = interval(draws.permanent)
    gross, net = total_years.loc["gross"], total_years.loc["net"]
    built = (
        f"{100 * phases['building'].sum() / total:.0f} % of all gross job-years to "
        f"{last['year']:.0f} are building, which ends."
        if total > 0
        else f"There are none to {last['year']:.0f}."
    )
    return (
        f"**Job-years are not jobs.** Added up over {len(phases)} years, in which one person at "
        f"work for ten years counts ten times, it is {_thousand(gross['mean'])} gross and "
        f"{_thousand(net['mean'])} net; the chance of {THRESHOLDS[1]:,} is "
        f"{_chance(gross[THRESHOLDS[1]])} gross and {_chance(net[THRESHOLDS[1]])} net. {built} "
        f"Once all plants stand, their own permanent staff is {_thousand(staff['mean'])} "
        f"({_between(staff)})."
    )


def states_sentence(states: pd.DataFrame, swing: Sequence[str]) -> str:
    """Say where the jobs are and how far that hangs on the method."""
    if not states["jobs"].sum() > 0:
        return "**Where.** Nowhere: no job is left to place."
    share = 100 * states.loc[list(swing), "jobs"].sum() / states["jobs"].sum()
    top = states["jobs"].nlargest(2)
    widest = (states["high"] - states["low"]).idxmax()
    row = states.loc[widest]
    return (
        f"**Where.** Of the gross jobs {share:.0f} % stand in the states counted apart "
        f"({len(swing)} of {len(states)}); most are in "
        f"{top.index[0]} ({top.iloc[0]:,.0f} a year) and {top.index[1]} ({top.iloc[1]:,.0f}). Four "
        f"ways to find the suppliers differ most for {widest}: {row['low']:,.0f} to "
        f"{row['high']:,.0f}."
    )


def drivers_sentence(indices: pd.DataFrame) -> str:
    """Name what the answer hangs on."""
    if indices.empty:
        return "**No rung varies.** With every rung fixed there is no spread to explain."
    parts = [f"{RUNG_NAMES[name]} ({row['total']:.2f})" for name, row in indices.head(4).iterrows()]
    money_side = {"selected_share", "financed_share", "additional_share", "crowding_out_share"}
    led = set(indices.index[indices["total"] >= _SMALL_INDEX]) <= money_side
    tail = (
        " Among the rungs that are drawn it is money, not the input-output table, that counts; "
        "the rule for the unnamed rest is not drawn, see its table."
        if led
        else ""
    )
    return f"**What it hangs on.** Total Sobol indices: {', '.join(parts)}.{tail}"


def literature_sentence(literature: pd.DataFrame, chips: pd.DataFrame) -> str:
    """Hold the multiplier against what was found after the fact."""
    rows = literature.set_index("label")
    ours = rows[rows["group"] == "this model"]["central"]
    studies = rows[rows["group"] == "studies"]["central"]
    found = chips.iloc[-1]
    here = (
        f"{ours.iloc[0]:.1f} job-years per million built gross and {ours.iloc[-1]:.1f} net and new"
        if len(ours)
        else "Nothing is built"
    )
    return (
        f"**Against what was found afterwards.** {here} here; {len(studies)} studies of the "
        f"stimulus of 2009, when people stood idle, have {studies.min():.1f} to "
        f"{studies.max():.1f} in dollars of that year. For the CHIPS Act "
        f"{chips['central'].iloc[0]:,.0f} jobs a year were forecast, induced ones included, and "
        f"{found['low']:,.0f} to {found['high']:,.0f} direct and related ones found by a rough "
        f"sum: {100 * found['ratio']:.0f} %."
    )


def capacity_sentence(
    site_peak: pd.Series, trades: pd.Series, slack: float, building_bn: float, structures_bn: float
) -> str:
    """Say whether the builders are there if all comes at once.

    Parameters
    ----------
    site_peak
        Jobs on site in the best year by state, at face value.
    trades
        Employees in building trades by state.
    slack
        Share of them that is free, at the central value.
    building_bn
        Construction bought in the best year at face value, USD billion.
    structures_bn
        What the country buys of private non-residential construction a year, USD billion of the
        same year.
    """
    share = site_peak / trades
    worst = share.idxmax()
    beyond = int((share > slack).sum())
    return (
        f"**Are there builders?** At face value the best year takes ${building_bn:,.0f}bn of "
        f"construction, {100 * building_bn / structures_bn:.0f} % of what all private "
        f"non-residential building comes to. {worst} would need {site_peak[worst]:,.0f} workers on "
        f"site at once, {100 * share[worst]:.0f} % of its building trades; in {beyond} of "
        f"{len(share)} states it is more than the {100 * slack:.0f} % that are taken as free."
    )


def premises_sentence(premises: pd.DataFrame) -> str:
    """Say what the verdict is when the money is taken for granted.

    Parameters
    ----------
    premises
        From `research.jobs.verdict.premises`.
    """
    lowest = premises[premises["threshold"] == THRESHOLDS[0]].set_index("premise")
    paid, new = (lowest.loc[name] for name in ("all selected and paid", "all of it new as well"))
    return (
        f"**And if the money is taken for granted?** With all of it selected and paid, the chance "
        f"of {THRESHOLDS[0]:,} jobs is {_chance(paid['gross, best year'])} gross in the best year "
        f"and {_chance(paid['net'])} net in a mean year; were all of it new as well, "
        f"{_chance(new['gross, best year'])} and {_chance(new['net'])}."
    )


def _between(row: Mapping[str, float]) -> str:
    """Write the ends of an interval, each as exact as its size asks for."""
    low, high = _thousand(row["low"]), _thousand(row["high"])
    return f"{low.removesuffix(' thousand')} to {high}" if "thousand" in low else f"{low} to {high}"


def _thousand(jobs: float) -> str:
    """Write jobs in thousands, or as a number where there are few."""
    if jobs < _THOUSAND:
        return f"{jobs:,.0f}"
    return f"{jobs / _THOUSAND:,.{0 if jobs >= 10 * _THOUSAND else 1}f} thousand"


def _chance(p: float) -> str:
    if p in (0.0, 1.0):
        return "0 % (no draw)" if p == 0 else "100 % (every draw)"
    return "under 0.1 %" if p < 0.001 else f"{100 * p:.1f} %"
