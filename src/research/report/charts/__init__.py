"""Plots: each takes a result and returns a matplotlib figure that says on itself what it shows."""
