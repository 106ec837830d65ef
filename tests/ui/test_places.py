"""How many questions are answered at once, and what is said to the others."""

import asyncio
import random
import statistics
import subprocess
import sys
from heapq import heappop, heappush
from math import ceil
from types import SimpleNamespace

import httpx
import pytest
from starlette.responses import JSONResponse
from support import ROOT

from lenet.settings import ANCESTORS, Visits
from lenet.ui import places
from lenet.ui.allowance import Disk
from lenet.ui.guard import Guard
from lenet.ui.places import FIRST_PACE, LATE, LATEST, MOST_TURNS, SOONEST, WAIT, Places

RUN = "/gradio_api/run/predict"


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=1_000.0, monotonic=lambda: clock.now)
    monkeypatch.setattr(places, "time", clock)
    return clock


def test_a_place_that_is_given_back_can_be_taken_again(clock):
    two = Places(2)
    assert two.take("a") == two.take("b") == 0
    assert two.take("c") >= SOONEST
    two.give("a")
    assert two.take("c") == 0


def test_one_visitor_cannot_hold_all_places(clock):
    four = Places(4)
    assert [four.take("a") for _ in range(3)] == [0, 0, SOONEST]
    assert four.take("b") == 0


def test_nor_on_a_slow_machine_which_has_fewer(clock):
    many = Places(24)
    many._pace = 0.2
    assert [many.take("a") for _ in range(4)] == [0, 0, 0, SOONEST]
    assert many.take("b") == 0


def test_who_asks_again_and_again_does_not_put_others_back(clock):
    one = Places(1)
    one.take("a")
    waits = [one.take("pushing") for _ in range(1_000)]
    assert waits[-1] == LATEST
    assert one._line.turns_of("pushing") == MOST_TURNS
    assert one.take("b") < SOONEST + 1


def test_those_who_find_no_place_are_told_different_moments_within_what_the_page_waits(clock):
    one = Places(1)
    one.take("a")
    waits = [one.take(f"visitor {number}") for number in range(5_000)]
    assert waits == sorted(waits) and waits[0] >= SOONEST and waits[-1] == LATEST
    assert len(set(waits)) > 1_000


def test_the_waits_follow_the_pace_of_the_answers(clock):
    def last_of_a_hundred(pace: float) -> float:
        one = Places(1)
        for _ in range(200):
            one.take("a")
            clock.now += pace
            one.give("a")
        one.take("a")
        return max(one.take(str(number)) for number in range(100)) - SOONEST

    assert last_of_a_hundred(0.1) > 5 * last_of_a_hundred(0.01)


def crowd(clock, visitors: int, pace: float, seconds: float = 60.0) -> tuple[list[float], int]:
    """Visitors who ask a second after each answer, one answer every ``pace`` seconds: how long each waited for each.

    Also how many questions were worked out at once, at most in the second half.
    """
    many, waits, most, free, late = Places(40), [], 0, clock.now, random.Random(0)
    events = [(clock.now + number / visitors, "ask", number, 0.0) for number in range(visitors)]
    start, end = clock.now, clock.now + seconds
    while events:
        clock.now, what, who, asked = heappop(events)
        if what == "answer":
            many.give(str(who))
            waits.append(clock.now - asked)
            if clock.now < end:
                heappush(events, (clock.now + 1, "ask", who, 0.0))
        elif wait := many.take(str(who)):
            heappush(events, (clock.now + ceil(wait) + late.uniform(0, 0.1), "ask", who, asked or clock.now))
        else:
            free = max(free, clock.now) + pace
            heappush(events, (free, "answer", who, asked or clock.now))
        if clock.now > start + seconds / 2:
            most = max(most, len(many))
    return waits, most


def test_a_slow_machine_has_fewer_places_so_that_nobody_waits_long(clock):
    many = Places(40)
    while not many.take(str(len(many))):
        pass
    assert len(many) == int(WAIT / FIRST_PACE)
    assert crowd(clock, 1_000, 0.01)[1] > 40
    assert 6 <= crowd(clock, 1_000, 0.04)[1] <= 16


def test_whoever_was_told_to_come_finds_a_place_and_all_wait_alike(clock):
    waits, _ = crowd(clock, 1_000, 0.01)  # one after the other they would wait ten seconds
    assert 5 < statistics.median(waits) < 14
    assert sorted(waits)[int(0.95 * len(waits))] < 20
    assert max(waits) < 40


def test_places_do_not_stay_free_for_those_who_do_not_come(clock):
    one = Places(1)
    one.take("a")
    for number in range(100):
        one.take(f"gone {number}")
    one.give("a")
    clock.now += LATEST + LATE + 1
    assert one.take("b") == 0


def test_who_comes_in_vain_keeps_the_turn_and_nobody_else_s(clock):
    four = Places(4)
    for who in "abcd":
        four.take(who)
    assert all([four.take(who) for who in ("e", "f", "waits", "gone")])
    clock.now += 1.5
    assert four.take("e") == four.take("f") == 0  # more than the places: it is their turn
    for _ in range(20):
        assert four.take("waits") == SOONEST
        clock.now += SOONEST
    assert (four._line.turns_of("waits"), four._line.turns_of("gone"), four._line.expected) == (1, 0, 1)


def test_callers_who_never_come_again_leave_places_for_others(clock):
    four = Places(4)
    for who in "abcd":
        four.take(who)
    assert all(four.take(f"gone {number}") for number in range(300))
    clock.now += 3 * SOONEST
    for who in "abcd":
        four.give(who)
    assert four.take("new") == 0
    assert four._line.expected > 50


def test_a_little_too_many_wait_little(clock):
    waits, _ = crowd(clock, 110, 0.01)
    assert statistics.median(waits) < 0.5


def test_zero_lifts_the_limit_and_nothing_is_kept_of_who_has_left():
    free = Places(0)
    assert not any(free.take("a") for _ in range(1_000))
    for _ in range(1_000):
        free.give("a")
    assert len(free) == 0 and not free._taken and not free._line._of


def test_past_its_places_the_server_says_when_to_come_and_answers_everybody_then():
    """Also a question that fails, or whose visitor leaves, gives its place back."""
    door = asyncio.Event()

    async def slow(scope, receive, send):
        await door.wait()
        if scope["path"].endswith("broken"):
            raise RuntimeError("broken")
        await JSONResponse({})(scope, receive, send)

    async def crowd() -> None:
        visits = Visits(at_once=2, proxies=1)
        guard = Guard(slow, visits, ANCESTORS, Disk(visits, "/tmp"))
        transport = httpx.ASGITransport(guard, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:

            def ask(who: str, path: str = RUN) -> asyncio.Task:
                return asyncio.create_task(client.post(path, json={}, headers={"X-Forwarded-For": who}))

            first = [ask("1.1.1.1"), ask("2.2.2.2", "/gradio_api/run/broken")]
            await asyncio.sleep(0.05)
            refused = await ask("3.3.3.3")
            assert refused.status_code == 503 and int(refused.headers["retry-after"]) >= 1
            assert "many people ask at once" in refused.json()["error"]
            left = ask("4.4.4.4", "/gradio_api/queue/join")  # nothing is worked out there
            door.set()
            assert [(await each).status_code for each in (*first, left)] == [200, 500, 200]
            assert (await ask("3.3.3.3")).status_code == 200

    asyncio.run(crowd())


def test_a_server_may_hold_a_thousand_connections():
    limits = pytest.importorskip("resource")
    script = (
        "import app, resource; app.open_many(); now, most = resource.getrlimit(resource.RLIMIT_NOFILE); "
        "assert now == min(app.MOST_OPEN, most) or most < 0, (now, most)"
    )
    most = limits.getrlimit(limits.RLIMIT_NOFILE)[1]
    subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        cwd=ROOT,
        preexec_fn=lambda: limits.setrlimit(limits.RLIMIT_NOFILE, (256, most)),
    )
