"""How many questions the server answers at once, and when one that finds no place may come again.

More at once would not be answered sooner: each would only wait longer, the last of a thousand for a quarter of a
minute, and what waits takes memory. Who comes too late is told when a place should be free, each another moment, for
which a place is kept.
"""

import time
from collections import Counter, defaultdict, deque
from dataclasses import dataclass

SHARE = 2
"""One visitor may take the whole divided by this: nobody's slow questions hold everybody off."""

FEWEST, WAIT = 6, 0.4
"""There are always at least FEWEST places. Beyond these there are only as many as can be answered within WAIT seconds,
so a slow or busy machine has fewer than the whole.
"""

SOONEST, LATEST = 1.0, 30.0
"""Seconds that a question is put off, at least and at most. ``web/page/server.js`` waits no longer than LATEST."""

FIRST_PACE, SLOWEST_PACE = 0.014, 0.5
"""Seconds from one answer to the next while all places are taken: the first guess, and the most that is believed."""

LEARNING = 0.05
"""How much of the pace the last answer decides."""

SPARE = 0.5
"""So many times the places are added for visitors whose turn it is, because they do not come quite evenly."""

KEPT = 0.5
"""The share of the places that is kept for visitors who were told to come, at most. Callers who never come again
cannot shut everybody out.
"""

EARLY, LATE = 0.1, 10.0
"""A turn begins EARLY seconds before its moment and ends LATE seconds after it."""

MOST_TURNS = 30
"""Turns of one visitor, a class behind one address, at most; who asks again and again does not hold others back."""


@dataclass(eq=False)
class Turn:
    """When a visitor was told to come. It is ``over`` once the visitor has come, or is not expected any more."""

    moment: float
    who: str
    over: bool = False


class Line:
    """Who was told to come when. Moments are given in their order."""

    def __init__(self) -> None:
        self.expected = 0
        """How many have their turn at this moment, and did not come yet."""
        self._later: deque[Turn] = deque()
        self._now: deque[Turn] = deque()
        self._of: defaultdict[str, deque[Turn]] = defaultdict(deque)

    def add(self, who: str, moment: float) -> None:
        turn = Turn(moment, who)
        self._later.append(turn)
        self._of[who].append(turn)

    def has_turn(self, who: str, now: float) -> bool:
        """Whether a visitor comes as told. Turns that are long past are forgotten."""
        while self._later and self._later[0].moment <= now + EARLY:
            self._now.append(self._later.popleft())
            self.expected += 1
        while self._now and (self._now[0].over or self._now[0].moment < now - LATE):
            turn = self._now.popleft()
            if not turn.over:
                self.come(turn.who)
        return who in self._of and self._of[who][0].moment <= now + EARLY

    def turns_of(self, who: str) -> int:
        """How many turns a visitor has that are not over."""
        return len(self._of.get(who, ()))

    def keep(self, who: str, now: float) -> float:
        """A visitor came in vain, and keeps the turn: the seconds after which to come again."""
        self._of[who].popleft().over = True
        later = Turn(now, who)  # the last one of those that are due, so that none behind it is kept too long
        self._now.append(later)
        self._of[who].appendleft(later)
        return SOONEST

    def come(self, who: str) -> None:
        """The first turn of a visitor is over."""
        self._of[who].popleft().over = True
        self.expected -= 1
        if not self._of[who]:
            del self._of[who]


class Places:
    """At most so many ``places``; 0 lifts the limit."""

    def __init__(self, places: int):
        self._places = places
        self._taken: Counter[str] = Counter()
        self._pace, self._freed, self._booked = FIRST_PACE, 0.0, 0.0
        self._line = Line()

    def take(self, who: str) -> float:
        """Take a place for a visitor. Returns 0, or else takes none and returns the seconds after which to come."""
        if self._places:
            now = time.monotonic()
            turn, free = self._line.has_turn(who, now), self._capacity - len(self)
            if self._taken[who] >= max(1, int(self._capacity / SHARE)):
                return SOONEST
            if turn and free + SPARE * self._capacity < 1:
                return self._line.keep(who, now)
            if not turn and free < 1 + min(self._line.expected, KEPT * self._capacity):
                return self._book(who, now)
            if turn:
                self._line.come(who)
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
    def _capacity(self) -> float:
        return min(self._places, max(FEWEST, WAIT / self._pace))

    def _book(self, who: str, now: float) -> float:
        """The moment after the one that was last given to somebody, at the pace of the places that are kept."""
        if self._line.turns_of(who) >= MOST_TURNS:
            return LATEST
        self._booked = min(max(self._booked, now + SOONEST) + self._pace / KEPT, now + LATEST)
        self._line.add(who, self._booked)
        return self._booked - now

    def _learn(self) -> None:
        """How fast answers follow each other counts only while all places are taken."""
        now, full = time.monotonic(), len(self) + 1 > self._capacity
        if full and self._freed:
            self._pace += LEARNING * (min(now - self._freed, SLOWEST_PACE) - self._pace)
        self._freed = now if full else 0.0
