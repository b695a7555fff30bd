"""Tariffs: dated rates, partial and general equilibrium, gravity."""
