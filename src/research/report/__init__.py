"""Reports: which notebooks there are, how they are run, what is made of them."""

import sys

# The grammar of web addresses that jsonschema would load with nbformat, if installed, takes 2.5 s
# to build, and no notebook is checked against it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
