"""A world before and after a change of tariffs, as arrays, and what follows from them alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from research.tariffs.models.solver import Array


@dataclass(frozen=True, eq=False)
class World:
    """Arrays of S sectors and N countries; meanings as in `equilibrium.prepare`.

    The first four are sector x exporter x importer, powers one plus the rate; value added in output
    is sector x country, ``theta`` by sector; options by country. Each ends in one more axis, of
    cases solved together: ``theta`` or ``new_power`` may have many. ``input_shares`` is country x
    input x using sector; ``given_final_shares``, sector x country, stand for those of the flows.
    """

    flows: Array
    old_power: Array
    new_power: Array
    trade_cost_hat: Array
    pass_through: float
    value_added_shares: Array
    input_shares: Array
    theta: Array
    labour_supply_elasticity: float
    revenue_on_wages: bool
    deficit_left_share: float
    income_tax_share: Array
    scale_elasticity: float
    services_share: Array
    selection: Array
    given_final_shares: Array | None

    @cached_property
    def output(self) -> Array:
        """Sector x country."""
        return self.receipts(self.flows)

    def receipts(self, flows: Array) -> Array:
        """Give what sectors x countries make: sales less the part of who sells in the market."""
        if not self.services_share.any():
            return np.asarray(flows.sum(axis=2))
        served = self.services_share * flows
        return np.asarray((flows - served).sum(axis=2) + served.sum(axis=1))

    @cached_property
    def expenditure(self) -> Array:
        """Sector x country, with tariffs."""
        return np.asarray((self.flows * self.old_power).sum(axis=1))

    @cached_property
    def old_shares(self) -> Array:
        """Shares of spending, sector x exporter x importer."""
        return np.asarray(self.flows * self.old_power / self.expenditure[:, None])

    @cached_property
    def value_added(self) -> Array:
        """By country."""
        return np.asarray((self.value_added_shares * self.output).sum(axis=0))

    @cached_property
    def deficit(self) -> Array:
        """Imports minus exports by country, before tariffs."""
        return np.asarray(self.flows.sum(axis=(0, 1)) - self.output.sum(axis=0))

    @cached_property
    def deficit_left(self) -> Array:
        """What is left of the deficits: of rounding, too, one side is cut to what the other is."""
        left = self.deficit_left_share * self.deficit
        above, below = (np.maximum(sign * left, 0).sum() for sign in (1, -1))
        if abs(above - below) > 1e-9 * above:
            paid = min(above, below)
            left = np.where(left > 0, left * paid / max(above, 1e-300), left)
            left = np.where(left < 0, left * paid / max(below, 1e-300), left)
        return np.asarray(left)

    @cached_property
    def old_revenue(self) -> Array:
        """By country."""
        return revenue(self.old_power, self.flows)

    @cached_property
    def old_income(self) -> Array:
        """Final spending by country: value added, revenue and deficit."""
        return np.asarray(self.value_added + self.old_revenue + self.deficit)

    @cached_property
    def final_spending(self) -> Array:
        """Sector x country: what is bought and is no input."""
        return np.asarray(self.expenditure - bought_inputs(self.input_shares, self.output))

    @cached_property
    def final_shares(self) -> Array:
        """Sector x country: shares of final spending."""
        if self.given_final_shares is not None:
            return self.given_final_shares
        return np.asarray(self.final_spending / self.old_income)

    @cached_property
    def log_margin(self) -> Array:
        """Log change of price over cost before the tariff, of each flow."""
        return np.asarray(-(1 - self.pass_through) * np.log(self.new_power / self.old_power))

    @cached_property
    def cost_share(self) -> Array:
        """Cost in the price before the tariff, of each flow."""
        return np.asarray(np.exp(-self.log_margin))

    @cached_property
    def log_wedge(self) -> Array:
        """Log change of buyers' price over the seller's cost: trade cost, margin and tariff."""
        change = np.log(self.new_power / self.old_power) * self.selection
        return np.asarray(np.log(self.trade_cost_hat) + change + self.log_margin)

    @cached_property
    def offers(self) -> Array:
        """What suppliers are worth to buyers at old costs."""
        return np.asarray(self.old_shares * np.exp(-self.theta[:, None, None] * self.log_wedge))

    @cached_property
    def at_cost(self) -> Array:
        """What of `offers` is cost."""
        return np.asarray(self.offers / self.new_power * self.cost_share)

    @cached_property
    def duties(self) -> Array:
        """What of `offers` is duty."""
        return np.asarray(self.offers * (1 - 1 / self.new_power))

    @cached_property
    def pace(self) -> Array:
        """By country: how strongly the labour asked for answers to its wage."""
        labour_shares = self.value_added_shares * self.output / self.value_added
        answers = (labour_shares * self.theta[:, None]).sum(axis=0)
        return np.asarray(1 + answers + self.labour_supply_elasticity)

    def log_unit_cost(self, log_wage: Array, log_labour: Array, log_price: Array) -> Array:
        r"""Give :math:`v_{sn} \ln(\hat w_n \hat L_n^{-\zeta}) + \sum_k \gamma_{nks}\ln\hat P_k`."""
        inputs = (self.input_shares.swapaxes(1, 2) @ log_price.swapaxes(0, 1)).swapaxes(0, 1)
        log_wage = log_wage - self.scale_elasticity * log_labour
        return np.asarray(self.value_added_shares * log_wage + inputs)

    def log_variety(self, log_spending: Array, log_wage: Array) -> Array:
        """Give the change of price indices through who still sells in a market."""
        return np.asarray((1 - self.selection) * (log_spending - log_wage))

    def labour_hat(self, log_wage: Array, log_price: Array, duties: Array, wages: Array) -> Array:
        r"""Give :math:`\hat L_n`, the after-tax real wage to the power of the elasticity.

        Revenue on wages raises what labour answers to: one less the share that the state takes for
        all its ends plus duties over wages (both money), over the same before; prices are the index
        of final spending.
        """
        log_real_wage = log_wage - log_price
        if self.revenue_on_wages:
            before = np.log1p(self.old_revenue / self.value_added - self.income_tax_share)
            after = np.log1p(duties / wages - self.income_tax_share)
            log_real_wage = log_real_wage + after - before
        return np.asarray(np.exp(self.labour_supply_elasticity * log_real_wage))


@dataclass(frozen=True, eq=False, slots=True)
class State:
    """What was solved for: wages and labour by country, prices and flows."""

    wage_hat: Array
    labour_hat: Array
    price_hat: Array
    flows: Array


@dataclass(frozen=True, eq=False, slots=True)
class After:
    """What follows from a state: by country, sector and country, or flow; last come cases."""

    wages: Array
    profit: Array
    duties: Array
    deficit: Array
    income: Array
    log_index: Array
    made: Array
    log_price: Array

    @classmethod
    def of(cls, world: World, state: State) -> After:
        """Add up what countries earn, and price what they make."""
        wages = state.wage_hat * state.labour_hat * world.value_added
        at_cost = state.flows * world.cost_share
        profit = (state.flows - at_cost).sum(axis=(0, 2))
        duties, deficit = revenue(world.new_power, state.flows), world.deficit_left
        income = wages + profit + duties + deficit
        log_index = (world.final_shares * np.log(state.price_hat)).sum(axis=0)
        hats = state.wage_hat, state.labour_hat, state.price_hat
        cost = world.log_unit_cost(*(np.log(hat) for hat in hats))
        log_price, made = cost[:, :, None] + world.log_margin, world.receipts(at_cost)
        return cls(wages, profit, duties, deficit, income, log_index, made, log_price)


def bought_inputs(input_shares: Array, output: Array) -> Array:
    """Give what producers buy, input x country, from output by sector x country."""
    return np.asarray((input_shares @ output.swapaxes(0, 1)).swapaxes(0, 1))


def revenue(power: Array, flows: Array) -> Array:
    """Give tariffs paid by importers, from flows before the tariff."""
    return np.asarray(((power - 1) * flows).sum(axis=(0, 1)))
