"""The surveys of the demo: to whom they are shown, who answers, and what."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from db.demo.actors import PLANS
from db.demo.feedback import topics, wording
from db.demo.feedback.comments import Crowd, placed, scores
from db.demo.feedback.topics import NAMES
from db.demo.following import DONE, START
from db.demo.shape import Shape

NPS = {"free": (0.40, 0.22), "pro": (0.50, 0.16), "team": (0.62, 0.08)}  # promoters, detractors
EXPLAINED = 0.5  # of the answers on a scale: with a reason
REASONS = {  # what promoters, passives and detractors write about
    "positive": ("templates", "support", "search"),
    "neutral": ("dark_mode", "slack", "offline"),
    "negative": ("permissions", "price", "notifications"),
}
HURDLES = ("Inviting my team", "Importing data", "Choosing a template", "Nothing")
HURDLE_WEIGHTS = (0.4, 0.3, 0.2, 0.1)
EFFORT = (0.02, 0.04, 0.08, 0.16, 0.26, 0.28, 0.16)  # 1 to 7
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey, which of the people are in its sample, and on which days of the range it runs."""

    name: str
    kind: str
    questions: tuple[dict[str, object], ...]
    event: str
    sample: tuple[float, float]  # of [0, 1), along which people are spread: nobody is in two
    answered: float  # of the invitations
    days: tuple[float, float]  # as shares of the range

    def span(self, shape: Shape) -> tuple[int, int]:
        """The days [from, to) of the range on which it runs."""
        begin, end = (int(share * shape.days) for share in self.days)
        return begin, end


SURVEYS = (
    Survey(
        "Would you recommend us?", "nps",
        ({"kind": "nps", "text": "How likely are you to recommend us to a colleague?"},),
        "", (0.0, 0.58), 0.58, (0.05, 1.1),
    ),
    Survey(
        "After a template", "csat",
        ({"kind": "csat", "text": "How satisfied are you with this template?"},),
        DONE, (0.58, 0.8), 0.41, (0.1, 1.1),
    ),
    Survey(
        "Setting up", "ces",
        (
            {"kind": "ces", "text": "It was easy to set up my first project."},
            {"kind": "choice", "text": "What took most of your time?", "options": list(HURDLES)},
        ),
        START, (0.8, 1.0), 0.46, (0.0, 0.8),
    ),
)  # fmt: skip


def visits(crowd: Crowd, events: pa.Table) -> pa.Table:
    """Per asked person the first event of a day, of those that surveys wait for, and of all."""
    actor = crowd.index_of(events["actor_key"].to_numpy())
    asked, name = topics.asked(crowd.people)[actor], events["name"].to_numpy()
    waited = {survey.event: asked & (name == survey.event) for survey in SURVEYS if survey.event}
    firsts = {event: _first(actor, those) for event, those in ({"": asked} | waited).items()}
    places = np.concatenate(list(firsts.values()))
    awaited = np.repeat(list(firsts), [len(first) for first in firsts.values()])
    return events.take(places).append_column("awaited", pa.array(awaited, pa.string()))


def shown(crowd: Crowd, visits: pa.Table, number: int) -> pa.Table:
    """The visits at which a survey, by its place in SURVEYS, is shown: one a person, by time."""
    survey, of = SURVEYS[number], crowd.shape
    begin, end = (of.instant(day) for day in survey.span(of))
    at = visits["occurred_at"]
    meant = pc.and_(pc.equal(visits["awaited"], survey.event), pc.greater_equal(at, begin))
    visits = visits.filter(pc.and_(meant, pc.less(at, end))).sort_by("occurred_at")
    actor = crowd.index_of(visits["actor_key"].to_numpy())
    lot = np.random.default_rng([of.seed, 7]).random(len(crowd.people.key))[actor]
    inside = (lot >= survey.sample[0]) & (lot < survey.sample[1])
    return visits.take(_first(actor, inside))


def answers(crowd: Crowd, shown: pa.Table, number: int) -> pa.Table:
    """What some of the invited answer to every question; the columns are those of feedback."""
    rng = np.random.default_rng([crowd.shape.seed, 8, number])
    survey = SURVEYS[number]
    given = shown.take(np.flatnonzero(rng.random(len(shown)) < survey.answered))
    common = placed(rng, crowd, given, "")
    del common["interaction"]
    told = [_scored(rng, survey, common)]
    if len(survey.questions) > 1:
        told.append(_chosen(rng, common))
    return pa.concat_tables(told, promote_options="default")


def nps_of(plan: str) -> float:
    """The NPS that is planted for a plan."""
    promoters, detractors = NPS[plan]
    return 100 * (promoters - detractors)


def _first(actor: Index, those: NDArray[np.bool_]) -> Index:
    """The first of those places of each person."""
    places = np.flatnonzero(those)
    _, first = np.unique(actor[places], return_index=True)
    return np.sort(places[first])


def _scored(rng: np.random.Generator, survey: Survey, common: dict[str, pa.Array]) -> pa.Table:
    count = len(common["said_at"])
    label, score = _on_scale(rng, survey.kind, common["plan"].to_numpy(zero_copy_only=False))
    picks = rng.integers(0, 3, count)
    topic = np.array(
        [NAMES.index(REASONS[one][pick]) for one, pick in zip(label, picks, strict=True)]
    )
    silent = rng.random(count) >= EXPLAINED
    text = wording.worded(rng, topic.astype(np.int16))
    return pa.table(
        common
        | {
            "question": pa.array(np.zeros(count, np.int16)),
            "kind": pa.array([survey.kind] * count, pa.string()),
            "score": pa.array(score),
            "comment": pa.array(text, pa.string(), mask=silent),
        }
    )


def _on_scale(
    rng: np.random.Generator, kind: str, plan: NDArray[np.object_]
) -> tuple[NDArray[np.object_], NDArray[np.int16]]:
    """The label of each answer and its score."""
    drawn = rng.random(len(plan))
    if kind == "ces":
        score = 1 + np.searchsorted(np.cumsum(EFFORT)[:-1], drawn).astype(np.int16)
        return _labelled(score, 4, 5), score
    promoters, detractors = np.array([NPS[name] for name in PLANS]).T
    plans = np.array([PLANS.index(name) for name in plan], np.int64)
    label = np.where(drawn < detractors[plans], "negative", "neutral").astype(object)
    label[drawn >= 1 - promoters[plans]] = "positive"
    if kind == "csat":
        return label, scores(rng, label)
    return label, _recommended(rng, label)


def _recommended(rng: np.random.Generator, label: NDArray[np.object_]) -> NDArray[np.int16]:
    """0 to 10: promoters 9 and 10, passives 7 and 8, detractors below, few of them far below."""
    drawn = rng.random(len(label))
    most = [(label == "positive", 9 + 2 * drawn), (label == "negative", 7 - 7 * drawn**2)]
    where, what = zip(*most, strict=True)
    score = np.select(list(where), list(what), 7 + 2 * drawn)
    least: NDArray[np.int16] = np.where(label == "negative", np.minimum(score, 6.0), score).astype(
        np.int16
    )
    return least


def _labelled(score: NDArray[np.int16], low: int, high: int) -> NDArray[np.object_]:
    label = np.where(score < low, "negative", "neutral").astype(object)
    label[score > high] = "positive"
    return label


def _chosen(rng: np.random.Generator, common: dict[str, pa.Array]) -> pa.Table:
    """The answers to the question with options; an array in the notation of Postgres."""
    count = len(common["said_at"])
    picks = rng.choice(len(HURDLES), count, p=HURDLE_WEIGHTS)
    return pa.table(
        common
        | {
            "question": pa.array(np.ones(count, np.int16)),
            "kind": pa.array(["choice"] * count, pa.string()),
            "choices": pa.array([f'{{"{HURDLES[pick]}"}}' for pick in picks], pa.string()),
        }
    )
