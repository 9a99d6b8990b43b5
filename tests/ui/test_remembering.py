"""What is made of answers is made once."""

import asyncio
import gc
import weakref

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import server
from ui.remembering import MOST, forget_all, remembered

FRAME = pd.DataFrame({"n": [1, 2]})


@pytest.fixture
def total():
    """The sum of frames with a factor, and for which factors it was made."""
    made = []

    @remembered
    def total(*frames, factor=1, order=()):
        """What the frames hold."""
        made.append((factor, order))
        return factor * sum(int(frame["n"].sum()) for frame in frames)

    return total, made


def test_the_same_is_made_once(total):
    asked, made = total
    assert [asked(FRAME, factor=2, order=["a"]) for _ in range(3)] == [6, 6, 6]
    assert made == [(2, ["a"])]


def test_an_equal_frame_is_another(total):
    asked, made = total
    assert asked(FRAME) == asked(FRAME.copy()) == 3
    assert len(made) == 2


def test_lists_are_the_same_by_what_is_in_them(total):
    asked, made = total
    assert asked(FRAME, order=[FRAME, "a"]) == asked(FRAME, order=[FRAME, "a"])
    asked(FRAME, order=[FRAME.copy(), "a"])
    asked(FRAME, order=["a", FRAME])
    asked(FRAME, order=(FRAME, "a"))
    assert len(made) == 4


def test_mappings_are_the_same_by_what_is_in_them(total):
    asked, made = total
    for order in (
        {"a": {"b": [FRAME]}},
        {"a": {"b": [FRAME]}},
        {"a": {"b": [FRAME.copy()]}},
        {"a": 1},
    ):
        asked(FRAME, order=order)
    assert len(made) == 3


@pytest.mark.parametrize(("one", "other"), [(1, 1.0), (1, True), (0, False)])
def test_what_is_of_another_type_is_another(total, one, other):
    asked, made = total
    asked(FRAME, factor=one)
    asked(FRAME, factor=other)
    assert len(made) == 2


def test_arguments_by_name_are_not_those_by_place():
    made = []
    keep = remembered(lambda *args, **kwargs: made.append((args, kwargs)))
    keep(("a", 1))
    keep(a=1)
    assert made == [((("a", 1),), {}), ((), {"a": 1})]


def test_no_new_frame_gets_the_place_of_one_that_is_gone(total):
    """Python gives the place of what is gone, and so its identity, to what comes next."""
    asked, _ = total
    for size in range(3 * MOST):
        assert asked(pd.DataFrame({"n": [size]})) == size
        gc.collect(0)


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from([1, 1.0, True, "a", ("a",), None]))))
def test_it_gives_what_the_function_gives(calls):
    frames = [pd.DataFrame({"n": [number]}) for number in range(3)]

    def tell(frame, more):
        return frame["n"].tolist(), type(more), more

    known = remembered(tell)
    for place, more in calls:
        assert known(frames[place], more) == tell(frames[place], more)


def test_it_forgets_what_was_long_ago(total):
    asked, made = total
    for factor in range(MOST + 1):
        asked(FRAME, factor=factor)
    asked(FRAME, factor=0)
    assert len(made) == MOST + 2


def test_nothing_outlives_being_forgotten(total):
    asked, made = total
    frame = pd.DataFrame({"n": [1]})
    alive = weakref.ref(frame)
    asked(frame)
    del frame
    assert alive() is not None
    forget_all()
    gc.collect()
    assert alive() is None
    asked(FRAME)
    assert len(made) == 2


def test_a_server_forgets_now_and_then(total, monkeypatch):
    asked, made = total
    asked(FRAME)
    monkeypatch.setattr(server, "COLLECT_SECONDS", 0)

    async def serve():
        chore = asyncio.create_task(server._collect())
        while len(made) == 1:
            await asyncio.sleep(0)
            asked(FRAME)
        chore.cancel()

    asyncio.run(asyncio.wait_for(serve(), 20))
    assert made == [(1, ())] * 2


def test_what_fails_is_tried_again():
    tries = []

    @remembered
    def fail(frame):
        tries.append(frame)
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            fail(FRAME)
    assert len(tries) == 2


def test_it_keeps_its_name_and_what_it_says(total):
    assert total[0].__doc__ == "What the frames hold."
