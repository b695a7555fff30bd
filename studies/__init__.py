"""Studies that are run by hand: what the package rests on and no report needs."""
