"""Jobs: input-output tables, multipliers, employment."""
