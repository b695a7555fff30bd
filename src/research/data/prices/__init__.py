"""Prices that are not bundled: fetched ones, which the cache keeps, and files of the user."""
