"""The notebooks of the project: what each asks, its parameters, the tables it reads."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from research import paths
from research.errors import Fault, InputError, raise_if
from research.reports.dotted import load_dotted

if TYPE_CHECKING:
    from pydantic import BaseModel


@dataclass(frozen=True, eq=False, slots=True)
class NotebookSpec:
    """One notebook of the project.

    Attributes
    ----------
    name
        File name without suffix; also the first part of its reports' names.
    title
        A few words for tables.
    question
        The one question that the notebook answers.
    parameters
        Where its pydantic model stands, as ``module:attribute``: loaded when needed, so that a
        listing of notebooks stays light.
    tables
        Names of the bundled tables it reads, such as ``deal/events``.
    rehearsal
        Function that takes the parameters and raises a `ResearchError` if the figures do not
        allow them, as ``module:attribute``; it is called before a kernel starts. Empty if what
        the model and the tables say of the parameters is enough.
    cell_timeout_seconds
        A cell that runs longer ends the run.
    """

    name: str
    title: str
    question: str
    parameters: str
    tables: tuple[str, ...]
    rehearsal: str = ""
    cell_timeout_seconds: int = 600

    @property
    def path(self) -> Path:
        """Give the notebook's file."""
        return paths.notebooks() / f"{self.name}.ipynb"

    def model(self) -> type[BaseModel]:
        """Load the pydantic model of the parameters."""
        loaded: type[BaseModel] = load_dotted(self.parameters)
        return loaded


NOTEBOOKS: tuple[NotebookSpec, ...] = (
    NotebookSpec(
        name="01_market_reactions",
        title="Market reactions",
        question=(
            "How did the Nikkei, chip and energy stocks react to the steps of the "
            "US-Japan $550bn deal?"
        ),
        parameters="research.reports.parameters:MarketReactions",
        tables=(
            "market/daily_returns_bp",
            "market/series",
            "market/daily_factors_bp",
            "market/printed_levels",
            "deal/events",
            "deal/claims",
        ),
        rehearsal="research.events.rehearsal:rehearse",
    ),
    NotebookSpec(
        name="02_jobs",
        title="Jobs",
        question=(
            "Would the $550bn create hundreds of thousands of jobs, where and when, and how sure "
            "is that?"
        ),
        parameters="research.reports.parameters:Jobs",
        tables=(
            "deal/claims",
            "deal/expressions_of_interest",
            "deal/project_rounds",
            "deal/projects",
            "jobs/bea_codes",
            "jobs/bea_gross_output_musd",
            "jobs/bea_imports_2023_musd",
            "jobs/bea_make_2023_musd",
            "jobs/bea_price_index_2017eq100",
            "jobs/bea_state_jobs_2018",
            "jobs/bea_use_2023_musd",
            "jobs/cost_mix",
            "jobs/employees_2021_thousand",
            "jobs/gdp_deflator",
            "jobs/jobs_literature",
            "jobs/ladder_rungs",
            "jobs/oews_2025_industry_jobs",
            "jobs/oews_2025_state_trades_jobs",
            "jobs/project_links",
            "jobs/project_templates",
            "jobs/rest_rules",
            "jobs/state_tiles",
        ),
        rehearsal="research.jobs.rehearsal:rehearse",
    ),
    NotebookSpec(
        name="03_tariffs",
        title="Tariffs",
        question=(
            "What did 25 % never and 15 % really cost: rates, prices, trade, revenue and welfare, "
            "and how far does the answer hang on the elasticity?"
        ),
        parameters="research.reports.parameters:Tariffs",
        tables=(
            "deal/claims",
            "tariffs/elasticity_sets",
            "tariffs/gdp_forecasts",
            "tariffs/goods_sectors",
            "tariffs/japan_coverage_2024",
            "tariffs/japan_scopes",
            "tariffs/japan_statutory_rate",
            "tariffs/pass_through_literature",
            "tariffs/region_codes",
            "tariffs/sector_codes",
            "tariffs/trade_elasticities",
            "tariffs/us_imports_2024_musd",
            "tariffs/us_mfn_2025_by_sector",
            "tariffs/us_monthly_duties_and_prices",
            "tariffs/us_tariff_timeline_japan",
            "tariffs/world_io_2011_musd",
            "tariffs/world_regions_2023",
            "tariffs/world_trade_2023_musd",
        ),
        rehearsal="research.tariffs.rehearsal:rehearse",
    ),
)


def nearest(name: str, known: Sequence[str]) -> str:
    """Say which known name is closest to a misspelt one, or list the known names.

    Parameters
    ----------
    name
        What was given.
    known
        The valid names.
    """
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]}?"
    shown = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
    return f"Known: {shown}."


def select(names: Sequence[str], specs: Sequence[NotebookSpec]) -> list[NotebookSpec]:
    """Find notebooks by name, each once; no name means all of them.

    Parameters
    ----------
    names
        Names of notebooks, with or without ``.ipynb``, or paths of their files.
    specs
        The notebooks to choose from.

    Raises
    ------
    InputError
        If a name is unknown; every unknown name is listed.
    """
    by_name = {spec.name: spec for spec in specs}
    wanted = list(dict.fromkeys(_named(name, specs) for name in names)) or list(by_name)
    faults = [
        Fault("notebook", "one of the project's notebooks", repr(name), nearest(name, [*by_name]))
        for name in wanted
        if name not in by_name
    ]
    raise_if(InputError, "Unknown notebook.", faults)
    return [by_name[name] for name in wanted]


def _named(asked: str, specs: Sequence[NotebookSpec]) -> str:
    """Give the name that a path of a notebook stands for; anything else is a name itself."""
    if PurePath(asked).name != asked:
        file = Path(asked).resolve()
        return next((spec.name for spec in specs if spec.path.resolve() == file), asked)
    return asked.removesuffix(".ipynb")
