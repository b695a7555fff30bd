"""Tests of the numbers that the US-Japan $550bn investment deal was sold with."""

__version__ = "0.1.0"
