"""Jobs: input-output tables, multipliers, the way from pledged to real, and states."""
