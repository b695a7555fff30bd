"""What US tariffs on Japan are and what they do: dated measures, their stacking, and rates."""
