"""Titles that state the finding, and alt texts for readers who cannot see the picture."""

from __future__ import annotations

import pandas as pd

_READ_OUT = 8


def ladder_title(ladder: pd.DataFrame) -> str:
    """Say what is left of the pledge at the end of the ladder."""
    rows = ladder.set_index("label")["central"]
    return (
        f"Of ${rows['pledged']:,.0f}bn pledged, ${rows['spent in the US']:,.0f}bn are new and "
        f"spent in the US; {rows['net jobs']:,.0f} thousand net jobs a year"
    )


def ladder_alt(ladder: pd.DataFrame) -> str:
    """Read the rungs out."""
    parts = [
        f"{row.label} {row.central:,.0f} ({row.low:,.0f} to {row.high:,.0f})"
        for row in ladder.itertuples()
    ]
    split = int((ladder["unit"] == "USD bn").sum())
    return (
        f"Two waterfalls, means with 90 % intervals. USD billion: {'; '.join(parts[:split])}. "
        f"Thousand jobs a year: {'; '.join(parts[split:])}."
    )


def years_title(years: pd.DataFrame, threshold: float) -> str:
    """Say how the best year compares with a threshold, thousand jobs."""
    gross = years[years["series"] == "gross"].set_index("year")
    best = gross["median"].idxmax()
    high = gross.at[best, "p95"]
    end = f"beyond {threshold:,.0f}" if high >= threshold else f"short of {threshold:,.0f}"
    return (
        f"Best year, {best}: {gross.at[best, 'median']:,.0f} thousand gross jobs in the median "
        f"draw; one draw in 20 reaches {high:,.0f} thousand, {end}"
    )


def years_alt(years: pd.DataFrame) -> str:
    """Read medians and intervals of some years out."""
    parts = []
    for name, rows in years.groupby("series", sort=False):
        every = rows.iloc[:: max(1, len(rows) // 4)]
        texts = [
            f"{row.year}: {row.median:,.0f} ({row.p5:,.0f} to {row.p95:,.0f})"
            for row in every.itertuples()
        ]
        parts.append(f"{name} {', '.join(texts)}")
    return f"Fans of thousand jobs by year, median and 90 % interval: {'; '.join(parts)}."


def phases_title(phases: pd.DataFrame) -> str:
    """Say when building peaks and what is left at the end."""
    best = phases.loc[phases["building"].idxmax()]
    last = phases.iloc[-1]
    return (
        f"Building peaks in {best['year']:.0f} with {best['building']:,.0f} thousand jobs; in "
        f"{last['year']:.0f} it is {last['building']:,.0f} and operation "
        f"{last['operation']:,.0f} thousand"
    )


def phases_alt(phases: pd.DataFrame) -> str:
    """Read building and operation out."""
    parts = [
        f"{row.year}: {row.building:,.0f} and {row.operation:,.0f}"
        for row in phases.iloc[::3].itertuples()
    ]
    return f"Mean gross jobs of building and of operation, thousand, by year: {'; '.join(parts)}."


def industries_title(industries: pd.DataFrame) -> str:
    """Name the industries with most jobs."""
    first, second, third = industries["industry"].head(3)
    return f"Most gross jobs stand in: {first}; {second}; {third}"


def industries_alt(industries: pd.DataFrame) -> str:
    """Read the largest industries out."""
    parts = [
        f"{row.industry} {row.mean:,.1f} ({row.p5:,.1f} to {row.p95:,.1f})"
        for row in industries.head(_READ_OUT).itertuples()
    ]
    return f"Thousand gross jobs a year by industry, mean and 90 % interval: {'; '.join(parts)}."


def states_title(states: pd.DataFrame) -> str:
    """Name the states with most jobs."""
    top = states["jobs"].nlargest(3)
    names = ", ".join(f"{state} {jobs:,.0f}" for state, jobs in top.items())
    return f"Mean gross jobs a year by state: most in {names}"


def states_alt(states: pd.DataFrame) -> str:
    """Read the largest states out."""
    parts = [
        f"{row.Index} {row.jobs:,.0f} ({row.low:,.0f} to {row.high:,.0f})"
        for row in states.nlargest(_READ_OUT, "jobs").itertuples()
    ]
    return (
        "A tile for each state with its mean gross jobs a year; in brackets the spread over four "
        f"ways to find the suppliers. The largest: {'; '.join(parts)}."
    )


def drivers_title(drivers: pd.DataFrame) -> str:
    """Name what drives the spread."""
    if drivers.empty:
        return "No rung varies: there is no spread to explain"
    top = drivers.nlargest(3, "total")["label"]
    return f"What drives the spread of net jobs: {', '.join(top)}"


def drivers_alt(drivers: pd.DataFrame) -> str:
    """Read the indices out."""
    parts = [
        f"{row.label} {row.first:.2f} and {row.total:.2f}"
        for row in drivers.head(_READ_OUT).itertuples()
    ]
    return f"First-order and total Sobol indices of mean net jobs: {'; '.join(parts)}."


def literature_title(literature: pd.DataFrame) -> str:
    """Set the model's own figure beside the range of the studies."""
    rows = literature.set_index("label")
    ours = rows[rows["group"] == "this model"]["central"]
    studies = rows[rows["group"] == "studies"]["central"]
    found = f"{studies.min():.1f} to {studies.max():.1f} in studies, dollars of 2009"
    if ours.empty:
        return f"Job-years per USD million: nothing is built here; {found}"
    return (
        f"Job-years per USD million: {ours.iloc[0]:.1f} gross and {ours.iloc[-1]:.1f} net and new "
        f"here, {found}"
    )


def literature_alt(literature: pd.DataFrame) -> str:
    """Read every row out."""
    parts = [f"{row.label} {row.central:.1f}" for row in literature.itertuples()]
    return f"Points with intervals on a log scale, job-years per USD million: {'; '.join(parts)}."


def plants_title(plants: pd.DataFrame) -> str:
    """Name the plants that have brought fewer permanent jobs than announced."""
    staff = plants[plants["what"].str.startswith("staff") & (plants["ratio"] < 1)]
    return (
        f"Fewer permanent staff so far than announced: {', '.join(staff['label'])}; counts of "
        f"builders go both ways"
    )


def plants_alt(plants: pd.DataFrame) -> str:
    """Read every ratio out."""
    parts = [f"{row.label}, {row.what}: {row.ratio:.2f}" for row in plants.itertuples()]
    return f"Realised over announced jobs, 1 is as announced: {'; '.join(parts)}."


def exceedance_title(chances: pd.DataFrame, threshold: int) -> str:
    """Say how likely a threshold is, gross and net."""
    rows = chances[(chances["threshold"] == threshold) & (chances["where"] == "all states")]
    p = rows.set_index("count")["probability"]
    return (
        f"Chance of {threshold:,} jobs: {100 * p['gross, best year']:.0f} % gross in the best "
        f"year, {100 * p['gross']:.1f} % gross and {100 * p['net']:.1f} % net on average"
    )


def exceedance_alt(chances: pd.DataFrame) -> str:
    """Read the probabilities out."""
    parts = [
        f"{row['count']}, {row['where']}, {row['threshold']:,}: {100 * row['probability']:.1f} %"
        for row in chances.to_dict("records")
    ]
    return f"Curves of the chance of at least so many jobs a year: {'; '.join(parts)}."
