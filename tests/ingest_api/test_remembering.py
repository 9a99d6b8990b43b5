"""Answers are worked out once for all who ask meanwhile, and not for ever."""

import asyncio

import pytest
from starlette.requests import Request

from ingest_api.limiting import Limits
from ingest_api.problems import Problem
from ingest_api.public.answers import PublicAnswers, as_svg
from ingest_api.remembering import Remembered
from ingest_api.settings import Settings


class Counter:
    """Something that takes a moment, and how often it was done."""

    def __init__(self, fails=False):
        self.done, self.fails = 0, fails

    async def make(self):
        self.done += 1
        await asyncio.sleep(0)
        if self.fails:
            raise Problem(503, "Not now.")
        return self.done


def test_of_those_who_ask_at_once_one_works_it_out():
    counter = Counter()

    async def ask():
        answers = Remembered(60, 10)
        return await asyncio.gather(*(answers.of("a", counter.make) for _ in range(5)))

    assert asyncio.run(ask()) == [1] * 5


def test_each_key_has_an_answer_of_its_own():
    counter = Counter()

    async def ask():
        answers = Remembered(60, 10)
        return [await answers.of(key, counter.make) for key in "aba"]

    assert asyncio.run(ask()) == [1, 2, 1]


def test_an_answer_that_is_too_old_is_worked_out_again():
    counter = Counter()

    async def ask():
        answers = Remembered(-1, 10)
        return [await answers.of("a", counter.make) for _ in range(3)]

    assert asyncio.run(ask()) == [1, 2, 3]


def test_what_failed_is_tried_again():
    counter = Counter(fails=True)

    async def ask():
        answers = Remembered(60, 10)
        for _ in range(2):
            with pytest.raises(Problem):
                await answers.of("a", counter.make)
        counter.fails = False
        return await answers.of("a", counter.make)

    assert asyncio.run(ask()) == 3


def test_who_gives_up_does_not_take_the_answer_from_the_others():
    counter = Counter()

    async def ask():
        answers = Remembered(60, 10)
        hasty, patient = (asyncio.create_task(answers.of("a", counter.make)) for _ in range(2))
        await asyncio.sleep(0)
        hasty.cancel()
        return await patient

    assert asyncio.run(ask()) == 1


def test_no_more_is_kept_than_was_said():
    async def ask():
        answers = Remembered(60, 3)
        for key in range(10):
            await answers.of(key, Counter().make)
        return sum(answers.holds(key) for key in range(10))

    assert asyncio.run(ask()) <= 3


def test_only_what_has_to_be_worked_out_counts_against_the_limit_of_an_address(engine):
    settings = Settings(country_header="", rate_limit="1/hour", keyless_rate_limit="2/hour")
    request = Request({"type": "http", "headers": [], "client": ("192.0.2.1", 1)})

    async def picture():
        return as_svg(b"<svg/>")

    async def ask():
        answers = PublicAnswers(engine, Limits(settings))
        for _ in range(10):
            await answers.respond(request, "a badge", picture)
        await answers.respond(request, "another", picture)
        with pytest.raises(Problem) as problem:
            await answers.respond(request, "a third", picture)
        return problem.value.status, (
            await answers.respond(request, "a badge", picture)
        ).status_code

    assert asyncio.run(ask()) == (429, 200)
