"""Many runs of a notebook or a function, each with parameters of its own, kept as one dataset."""
