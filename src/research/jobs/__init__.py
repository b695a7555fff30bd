"""Jobs of the pledge: input-output multipliers, projects, states, and the way from gross to net."""
