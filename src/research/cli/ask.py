"""``research ask``: a question of one's own, answered in words or as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from research.jobs.answers import ProjectJobs
    from research.tariffs.answers import TariffAnswer

app = typer.Typer(help="Answer a question of one's own.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Findings as JSON, numbers in full.")]


def show(answer: ProjectJobs | TariffAnswer, *, as_json: bool) -> None:
    """Print an answer: in words, or its findings as JSON."""
    found = [one.model_dump(mode="json") for one in answer.findings()] if as_json else []
    typer.echo(json.dumps({"findings": found}, indent=2) if as_json else str(answer))


@app.command("jobs")
def ask_jobs(
    template: Annotated[str, typer.Option(help="Kind of project, such as 'data centre'.")],
    bn: Annotated[float, typer.Option(help="What is spent on it, USD billion.")],
    state: Annotated[str | None, typer.Option(help="State in which it stands.")] = None,
    start: Annotated[float, typer.Option(help="Year in which building begins.")] = 2027.0,
    as_json: AsJson = False,
) -> None:
    """Say how many jobs a project brings, gross and net, by state and industry."""
    from research.jobs import jobs_of

    show(jobs_of(template, bn_usd=bn, state=state, start_year=start), as_json=as_json)


@app.command("tariff")
def ask_tariff(
    rate: Annotated[float, typer.Option(help="Rate in the deal, per cent; it has 15.")],
    against: Annotated[str, typer.Option(help="State or day of the law.")] = "day_before",
    elasticities: Annotated[str, typer.Option(help="Set of elasticities.")] = "mixture",
    as_json: AsJson = False,
) -> None:
    """Say what another rate in the deal would do to duties, incomes and trade."""
    from research.tariffs import what_if

    answer = what_if(rate, baseline=against, elasticity_set=elasticities)
    show(answer, as_json=as_json)
