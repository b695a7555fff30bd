"""Jobs of the pledge: input-output multipliers, projects, states, and the way from gross to net."""

#: Years that can be modelled: from the first selection on.
FIRST_YEAR, LAST_YEAR = 2026, 2060
