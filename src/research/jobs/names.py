"""Names for people: rungs, money, swing states."""

from __future__ import annotations

RUNG_NAMES = {
    "pledged_bn_usd": "amount pledged",
    "selected_share": "share selected",
    "financed_share": "share financed",
    "additional_share": "share that is new",
    "delay_years": "delay",
    "inflation_pct": "inflation",
    "import_factor": "imports",
    "consumption_share": "share consumed",
    "leak": "taxes and other leaks",
    "productivity_growth_pct": "productivity",
    "nipa_weight": "count of jobs",
    "staff_factor": "staff kept of plan",
    "trades_slack_share": "free building trades",
    "crowding_out_share": "jobs displaced",
    "build_time_position": "building time",
    "operation_position": "running staff and cost",
}

MONEY_NAMES = {
    "pledged": "pledged",
    "selected": "selected",
    "financed": "financed",
    "additional": "not planned anyway",
    "built": "built in the horizon",
    "spent_in_us": "spent in the US",
}

#: States that polls called close in 2024; a parameter of the notebook.
SWING_STATES = (
    "Arizona",
    "Georgia",
    "Michigan",
    "Nevada",
    "North Carolina",
    "Pennsylvania",
    "Wisconsin",
)
