"""Lessons: simulated data whose truth is known, questions, and what an answer is told."""

from research.teach.check import Checker, Question

__all__ = ["Checker", "Question"]
