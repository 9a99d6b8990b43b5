"""Pages are drawn one at a time, and none waits for one that waits itself."""

from concurrent.futures import ThreadPoolExecutor, TimeoutError
from threading import Event

import pytest

from ui import turns
from ui.turns import aside, turn

PATIENCE = 10.0
AT_ONCE = 0.05


@pytest.fixture
def beside():
    """Runs what another page does."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def drawn():
    with turn():
        return "drawn"


def test_a_page_waits_for_its_turn(beside):
    with turn():
        other = beside.submit(drawn)
        with pytest.raises(TimeoutError):
            other.result(AT_ONCE)
    assert other.result(PATIENCE) == "drawn"


def test_others_are_drawn_while_a_page_is_aside(beside):
    with turn(), aside():
        assert beside.submit(drawn).result(PATIENCE) == "drawn"


def test_who_was_aside_waits_for_a_turn_again(beside):
    drawing, done = Event(), Event()

    def slowly():
        with turn():
            drawing.set()
            assert not done.wait(AT_ONCE)

    with turn():
        with aside():
            other = beside.submit(slowly)
            assert drawing.wait(PATIENCE)
        done.set()
    other.result(PATIENCE)


def test_a_page_that_fails_gives_its_turn_back(beside):
    with pytest.raises(ZeroDivisionError), turn():
        raise ZeroDivisionError
    assert beside.submit(drawn).result(PATIENCE) == "drawn"


def test_nobody_waits_long_for_a_page_that_hangs(beside, monkeypatch):
    monkeypatch.setattr(turns, "LONGEST_WAIT", AT_ONCE)
    with turn():
        assert beside.submit(drawn).result(PATIENCE) == "drawn"
        monkeypatch.setattr(turns, "LONGEST_WAIT", PATIENCE)
        other = beside.submit(drawn)
        with pytest.raises(TimeoutError):  # the turn is still that of the page that hangs
            other.result(AT_ONCE)
    assert other.result(PATIENCE) == "drawn"


def test_what_is_no_page_asks_for_no_turn(beside):
    def asking():
        with aside():
            return "asked"

    with turn():
        assert beside.submit(asking).result(PATIENCE) == "asked"
