"""The bundled figures, checked on load; `research.data.prices.fetch` alone fetches live prices.

The functions are imported from their modules on first use, so that listing and hashing tables,
which the runner does on every call, stays fast.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from research.data.accounts import (
        load_bea_imports,
        load_bea_make,
        load_bea_use,
    )
    from research.data.bea_codes import (
        load_bea_codes,
    )
    from research.data.deal import (
        load_claims,
        load_events,
    )
    from research.data.employment import (
        load_employees,
        load_industry_jobs,
        load_occupations,
        load_state_jobs,
        load_state_trades,
    )
    from research.data.job_evidence import (
        load_jobs_literature,
        load_ladder_rungs,
    )
    from research.data.job_projects import (
        load_cost_mix,
        load_project_links,
        load_project_templates,
        load_rest_rules,
    )
    from research.data.market import (
        load_daily_factors,
        load_daily_returns,
        load_printed_levels,
        load_series,
    )
    from research.data.output import (
        load_bea_gross_output,
        load_bea_price_index,
        load_gdp_deflator,
    )
    from research.data.pass_through import (
        load_pass_through_literature,
    )
    from research.data.pledge import (
        load_expressions_of_interest,
        load_mou_terms,
        load_project_rounds,
        load_projects,
    )
    from research.data.sources import (
        MarketData,
        load_market,
    )
    from research.data.state_tiles import (
        load_state_tiles,
    )
    from research.data.tariff_codes import (
        load_region_codes,
        load_sector_codes,
    )
    from research.data.tariff_evidence import (
        load_elasticity_sets,
        load_gdp_forecasts,
    )
    from research.data.tariff_goods import (
        load_goods_sectors,
        load_japan_scopes,
    )
    from research.data.tariffs import (
        load_japan_coverage,
        load_mfn_rates,
        load_monthly_duties_and_prices,
        load_statutory_rate,
        load_tariff_timeline,
        load_trade_elasticities,
        load_us_imports,
    )
    from research.data.world import (
        GsimExample,
        load_gsim_example,
        load_world_io,
        load_world_regions,
        load_world_trade,
    )

_LOADERS = {
    "deal/claims": ("deal", "load_claims"),
    "deal/events": ("deal", "load_events"),
    "deal/expressions_of_interest": ("pledge", "load_expressions_of_interest"),
    "deal/mou_terms": ("pledge", "load_mou_terms"),
    "deal/project_rounds": ("pledge", "load_project_rounds"),
    "deal/projects": ("pledge", "load_projects"),
    "jobs/bea_codes": ("bea_codes", "load_bea_codes"),
    "jobs/bea_gross_output_musd": ("output", "load_bea_gross_output"),
    "jobs/bea_imports_2023_musd": ("accounts", "load_bea_imports"),
    "jobs/bea_make_2023_musd": ("accounts", "load_bea_make"),
    "jobs/bea_price_index_2017eq100": ("output", "load_bea_price_index"),
    "jobs/bea_state_jobs_2018": ("employment", "load_state_jobs"),
    "jobs/bea_use_2023_musd": ("accounts", "load_bea_use"),
    "jobs/cost_mix": ("job_projects", "load_cost_mix"),
    "jobs/employees_2021_thousand": ("employment", "load_employees"),
    "jobs/gdp_deflator": ("output", "load_gdp_deflator"),
    "jobs/jobs_literature": ("job_evidence", "load_jobs_literature"),
    "jobs/ladder_rungs": ("job_evidence", "load_ladder_rungs"),
    "jobs/oews_2025_industry_jobs": ("employment", "load_industry_jobs"),
    "jobs/oews_2025_state_trades_jobs": ("employment", "load_state_trades"),
    "jobs/oews_occupations": ("employment", "load_occupations"),
    "jobs/project_links": ("job_projects", "load_project_links"),
    "jobs/project_templates": ("job_projects", "load_project_templates"),
    "jobs/rest_rules": ("job_projects", "load_rest_rules"),
    "jobs/state_tiles": ("state_tiles", "load_state_tiles"),
    "market/daily_factors_bp": ("market", "load_daily_factors"),
    "market/daily_returns_bp": ("market", "load_daily_returns"),
    "market/printed_levels": ("market", "load_printed_levels"),
    "market/series": ("market", "load_series"),
    "tariffs/elasticity_sets": ("tariff_evidence", "load_elasticity_sets"),
    "tariffs/gdp_forecasts": ("tariff_evidence", "load_gdp_forecasts"),
    "tariffs/goods_sectors": ("tariff_goods", "load_goods_sectors"),
    "tariffs/gsim_4x4_textbook": ("world", "load_gsim_example"),
    "tariffs/japan_coverage_2024": ("tariffs", "load_japan_coverage"),
    "tariffs/japan_scopes": ("tariff_goods", "load_japan_scopes"),
    "tariffs/japan_statutory_rate": ("tariffs", "load_statutory_rate"),
    "tariffs/pass_through_literature": ("pass_through", "load_pass_through_literature"),
    "tariffs/region_codes": ("tariff_codes", "load_region_codes"),
    "tariffs/sector_codes": ("tariff_codes", "load_sector_codes"),
    "tariffs/trade_elasticities": ("tariffs", "load_trade_elasticities"),
    "tariffs/us_imports_2024_musd": ("tariffs", "load_us_imports"),
    "tariffs/us_mfn_2025_by_sector": ("tariffs", "load_mfn_rates"),
    "tariffs/us_monthly_duties_and_prices": ("tariffs", "load_monthly_duties_and_prices"),
    "tariffs/us_tariff_timeline_japan": ("tariffs", "load_tariff_timeline"),
    "tariffs/world_io_2011_musd": ("world", "load_world_io"),
    "tariffs/world_regions_2023": ("world", "load_world_regions"),
    "tariffs/world_trade_2023_musd": ("world", "load_world_trade"),
}

_HOMES = {
    "GsimExample": "world",
    "MarketData": "sources",
    "load_bea_codes": "bea_codes",
    "load_bea_gross_output": "output",
    "load_bea_imports": "accounts",
    "load_bea_make": "accounts",
    "load_bea_price_index": "output",
    "load_bea_use": "accounts",
    "load_claims": "deal",
    "load_cost_mix": "job_projects",
    "load_daily_factors": "market",
    "load_daily_returns": "market",
    "load_elasticity_sets": "tariff_evidence",
    "load_employees": "employment",
    "load_events": "deal",
    "load_expressions_of_interest": "pledge",
    "load_gdp_deflator": "output",
    "load_gdp_forecasts": "tariff_evidence",
    "load_goods_sectors": "tariff_goods",
    "load_gsim_example": "world",
    "load_industry_jobs": "employment",
    "load_japan_coverage": "tariffs",
    "load_japan_scopes": "tariff_goods",
    "load_jobs_literature": "job_evidence",
    "load_ladder_rungs": "job_evidence",
    "load_market": "sources",
    "load_mfn_rates": "tariffs",
    "load_monthly_duties_and_prices": "tariffs",
    "load_mou_terms": "pledge",
    "load_occupations": "employment",
    "load_pass_through_literature": "pass_through",
    "load_printed_levels": "market",
    "load_project_links": "job_projects",
    "load_project_rounds": "pledge",
    "load_project_templates": "job_projects",
    "load_projects": "pledge",
    "load_region_codes": "tariff_codes",
    "load_rest_rules": "job_projects",
    "load_sector_codes": "tariff_codes",
    "load_series": "market",
    "load_state_jobs": "employment",
    "load_state_tiles": "state_tiles",
    "load_state_trades": "employment",
    "load_statutory_rate": "tariffs",
    "load_tariff_timeline": "tariffs",
    "load_trade_elasticities": "tariffs",
    "load_us_imports": "tariffs",
    "load_world_io": "world",
    "load_world_regions": "world",
    "load_world_trade": "world",
}

__all__ = [
    "GsimExample",
    "MarketData",
    "load_bea_codes",
    "load_bea_gross_output",
    "load_bea_imports",
    "load_bea_make",
    "load_bea_price_index",
    "load_bea_use",
    "load_claims",
    "load_cost_mix",
    "load_daily_factors",
    "load_daily_returns",
    "load_elasticity_sets",
    "load_employees",
    "load_events",
    "load_expressions_of_interest",
    "load_gdp_deflator",
    "load_gdp_forecasts",
    "load_goods_sectors",
    "load_gsim_example",
    "load_industry_jobs",
    "load_japan_coverage",
    "load_japan_scopes",
    "load_jobs_literature",
    "load_ladder_rungs",
    "load_market",
    "load_mfn_rates",
    "load_monthly_duties_and_prices",
    "load_mou_terms",
    "load_occupations",
    "load_pass_through_literature",
    "load_printed_levels",
    "load_project_links",
    "load_project_rounds",
    "load_project_templates",
    "load_projects",
    "load_region_codes",
    "load_rest_rules",
    "load_sector_codes",
    "load_series",
    "load_state_jobs",
    "load_state_tiles",
    "load_state_trades",
    "load_statutory_rate",
    "load_table",
    "load_tariff_timeline",
    "load_trade_elasticities",
    "load_us_imports",
    "load_world_io",
    "load_world_regions",
    "load_world_trade",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def load_table(name: str) -> Any:
    """Read a bundled table, checked.

    Parameters
    ----------
    name
        Such as ``deal/claims``: the file under ``data/`` without its suffix.
    """
    home, loader = _LOADERS[name]
    return getattr(importlib.import_module(f"{__name__}.{home}"), loader)()
