"""Who gets what from the investment deal: terms, cash, instruments, pace, and what it buys."""
