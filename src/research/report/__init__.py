"""Reports: which notebooks there are, how they are run, what is made of them."""
