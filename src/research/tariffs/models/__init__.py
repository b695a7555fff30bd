"""Models of tariffs: partial and general equilibrium, games, and one scenario in all of them."""
