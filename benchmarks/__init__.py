"""Timings, run by hand: `make bench`."""
