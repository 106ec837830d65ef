"""How many questions the server answers at once, and when one that finds no place may come again.

More at once would not be answered sooner: each would only wait longer, the last of a thousand for a quarter of a
minute, and what waits takes memory. Who comes too late is told when a place should be free, each another moment.
"""

import time
from collections import Counter

SHARE = 2
"""One visitor may take the whole divided by this: nobody's slow questions hold everybody off."""

FEWEST, WAIT = 6, 0.4
"""Places that there always are; and the seconds within which all who have one should be answered. On a slow machine,
or a busy one, there are fewer than the whole.
"""

SOONEST, LATEST = 1.0, 30.0
"""Seconds that a question is put off, at least and at most. The page waits no longer, ``web/page/server.js``."""

FIRST_PACE, SLOWEST_PACE = 0.02, 0.5
"""Seconds from an answer to the next while all places are taken: what is supposed at first, and what is believed."""

LEARNING = 0.05
"""How much of the pace the last answer decides."""

CROWDING = 0.8
"""More are told to come than there should be room for, or places would stay free when some do not come."""


class Places:
    """At most so many ``places``; 0 lifts the limit."""

    def __init__(self, places: int):
        self._places, self._share = places, max(1, places // SHARE)
        self._taken: Counter[str] = Counter()
        self._pace, self._freed, self._booked = FIRST_PACE, 0.0, 0.0

    def take(self, who: str) -> float:
        """Take a place for a visitor. Returns 0, or else takes none and returns the seconds after which to come."""
        if self._places and self._is_full:
            return self._book()
        if self._places and self._taken[who] >= self._share:
            return SOONEST
        self._taken[who] += 1
        return 0.0

    def give(self, who: str) -> None:
        """The visitor has the answer."""
        self._learn()
        self._taken[who] -= 1
        if not self._taken[who]:
            del self._taken[who]

    def __len__(self) -> int:
        return self._taken.total()

    @property
    def _is_full(self) -> bool:
        return len(self) >= min(self._places, max(FEWEST, WAIT / self._pace))

    def _book(self) -> float:
        """The moment after the one that was last given to somebody."""
        now = time.monotonic()
        self._booked = min(max(self._booked, now + SOONEST) + CROWDING * self._pace, now + LATEST)
        return self._booked - now

    def _learn(self) -> None:
        """How fast answers follow each other counts only while all places are taken."""
        now, full = time.monotonic(), self._is_full
        if full and self._freed:
            self._pace += LEARNING * (min(now - self._freed, SLOWEST_PACE) - self._pace)
        self._freed = now if full else 0.0
