"""What an assumption of the tariff models says of itself, and the works that they name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from research.data import catalog

#: In place of a source: nothing bounds the choice.
OWN = "own judgement"

#: Sides that an assumption can flatter, with what then looks better than it is.
SIDES = {
    "the tariff": "duties look better for the United States than they are",
    "free trade": "duties look worse, for buyers or for Japan",
    "the deal": "the lower rate of the deal looks worth more",
    "its critics": "the lower rate of the deal looks worth less",
}

#: Works by the words that rows name them with.
REFERENCES = {
    "Armington (1969)": "A Theory of Demand for Products Distinguished by Place of Production, "
    "IMF Staff Papers 16, 159-178",
    "Bloom (1995)": "Minimum Detectable Effects: A Simple Way to Report the Statistical Power of "
    "Experimental Designs, Evaluation Review 19, 547-556",
    "Caliendo and Parro (2015)": "Estimates of the Trade and Welfare Effects of NAFTA, Review of "
    "Economic Studies 82, 1-44",
    "Dekle, Eaton and Kortum (2008)": "Global Rebalancing with Gravity: Measuring the "
    "Burden of Adjustment, IMF Staff Papers 55, 511-540",
    "Deming and Stephan (1940)": "On a Least Squares Adjustment of a Sampled Frequency Table "
    "When the Expected Marginal Totals Are Known, Annals of Mathematical Statistics 11, 427-444",
    "Francois and Hall (2003)": "Global Simulation Analysis of Industry-Level Trade Policy, "
    "paper of the World Bank",
    "Greenwood, Hercowitz and Huffman (1988)": "Investment, Capacity Utilization, and the Real "
    "Business Cycle, American Economic Review 78, 402-417",
    "Gros (1987)": "A Note on the Optimal Tariff, Retaliation and the Welfare Loss from Tariff "
    "Wars in a Framework with Intra-Industry Trade, Journal of International Economics 23, 357-367",
    "Harrison and Pearson (1996)": "Computing Solutions for Large General Equilibrium Models Using "
    "GEMPACK, Computational Economics 9, 83-127",
    "Jorda (2005)": "Estimation and Inference of Impulse Responses by Local Projections, American "
    "Economic Review 95, 161-182",
    "Newey and West (1987)": "A Simple, Positive Semi-Definite, Heteroskedasticity and "
    "Autocorrelation Consistent Covariance Matrix, Econometrica 55, 703-708",
    "Ossa (2014)": "Trade Wars and Trade Talks with Data, American Economic Review 104, 4104-4146",
    "Santos Silva and Tenreyro (2006)": "The Log of Gravity, Review of Economics and Statistics "
    "88, 641-658",
}


@dataclass(frozen=True, slots=True)
class Assumption:
    """One thing that the tariff models take for granted.

    Attributes
    ----------
    what
        In words.
    value
        As it stands in code or tables, read from there.
    reason
        Why it was chosen.
    sources
        Bundled tables, keys of `REFERENCES`, or `OWN`.
    effect
        Which way it moves the results.
    place
        Module and name below `research.tariffs`.
    change
        Where a user can choose otherwise.
    flatters
        Some of `SIDES`; empty where it is for none, or not known for which.
    measured
        What docs/methods/tariffs.md measured of its weight, and the heading it stands under.
    """

    what: str
    value: str
    reason: str
    sources: tuple[str, ...]
    effect: str
    place: str
    change: str
    flatters: tuple[str, ...] = ()
    measured: tuple[str, str] | None = None


def pct(share: float) -> str:
    """Write a share as per cent, to three digits."""
    return f"{float(f'{100 * share:.3g}'):,g} %"


def default(function: Callable[..., Any], name: str) -> Any:
    """Give what a function takes for an argument that is left out."""
    return inspect.signature(function).parameters[name].default


def year_of(table: str) -> str:
    """Give the period of a bundled table, as its sidecar names it."""
    return catalog.sidecar(f"tariffs/{table}").period
