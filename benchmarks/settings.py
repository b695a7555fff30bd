"""Size of the task: the same for all that is timed."""

from __future__ import annotations

FIRMS, DAYS, ESTIMATION, WINDOW = 500, 1000, (-260, -11), (-10, 10)

#: Days of the estimation window, and days between it and the event window.
LENGTH, GAP = ESTIMATION[1] - ESTIMATION[0] + 1, WINDOW[0] - ESTIMATION[1] - 1

#: Events of one study; about 13 firms share an event id.
EVENTS = 10_000

#: Events that a slow package gets, and on which the CARs are compared.
FEW = 300
