"""What outcomes are, in plain Python from the definitions: one actor after the other, no SQL."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations_with_replacement
from zoneinfo import ZoneInfo

from analytics.experiments.definition import Measure, Metric
from tests.analytics.product.funnels.reference import Happened, outcome

ONE_DAY = timedelta(days=1)
NUMBERS = ("y", "d", "x", "z")
PRODUCTS = tuple(a + b for a, b in combinations_with_replacement(NUMBERS, 2))
OF_FEEDBACK = ("score", "answers", "promoters", "satisfied", "helpful", "judged")
OF_FEEDBACK += ("sentiment", "scored", "said")


@dataclass(frozen=True)
class Act:
    """Something that somebody did."""

    who: int
    at: datetime
    name: str
    subject: str = ""
    ok: bool = True
    duration: float | None = None
    value: float | None = None
    session: int | None = None


@dataclass(frozen=True)
class Said:
    """A rating or an answer that somebody gave."""

    who: int
    at: datetime
    kind: str
    score: int | None = None
    helpful: bool | None = None
    sentiment: str | None = None
    corrected: str | None = None


@dataclass(frozen=True)
class Shown:
    """Somebody's first exposure; `mixed` if they saw another variant later."""

    who: int
    at: datetime
    variant: str
    phase: int = 1
    platform: str = ""
    mixed: bool = False


def sums(metric, shown, acts, said, now, zone, by=None):
    """The sums by (phase, variant, day, *by(exposure)): n and the others, as a dict."""
    found = defaultdict(lambda: dict.fromkeys(("n", *NUMBERS, *PRODUCTS), 0))
    for one in shown:
        ends = one.at + metric.window_days * ONE_DAY
        if one.mixed or ends > now:
            continue
        day = ends.astimezone(ZoneInfo(zone)).date()
        numbers = of_actor(metric, one, acts, said, zone)
        group = found[(one.phase, one.variant, day, *(by(one) if by else ()))]
        group["n"] += 1
        for name in NUMBERS:
            group[name] += numbers[name]
        for both in PRODUCTS:
            group[both] += numbers[both[0]] * numbers[both[1]]
    return dict(found)


def of_actor(metric: Metric, shown: Shown, acts, said, zone) -> dict[str, float]:
    """y, d, x and z of one exposed actor."""
    length = metric.window_days * ONE_DAY
    after = [one for one in acts + said if one.who == shown.who]
    before = [one for one in after if shown.at - length <= one.at < shown.at]
    after = [one for one in after if shown.at <= one.at < shown.at + length]
    has_past = all(
        measure is None or measure.of not in ("back", "funnel", *OF_FEEDBACK)
        for measure in (metric.measure, metric.over)
    )
    numbers = {
        "y": amount(metric.measure, shown, after, zone),
        "d": amount(metric.over, shown, after, zone) if metric.over else 1,
        "x": amount(metric.measure, shown, before, zone) if has_past else 0,
        "z": 1 if metric.over is None else 0,
    }
    if metric.over and has_past:
        numbers["z"] = amount(metric.over, shown, before, zone)
    if metric.cap is not None:
        numbers |= {name: min(numbers[name], metric.cap) for name in ("y", "x")}
    return numbers


def amount(measure: Measure, shown: Shown, happened, zone) -> float:
    """A measure over what one actor did and said in a span."""
    if measure.of == "funnel":
        return float(_converts(measure, [one for one in happened if isinstance(one, Act)]))
    if measure.of in OF_FEEDBACK:
        said = [one for one in happened if isinstance(one, Said)]
        return _told(measure, [one for one in said if measure.feedback in ("", one.kind)])
    acts = [one for one in happened if isinstance(one, Act) and _is_meant(measure, one)]
    match measure.of:
        case "did":
            return int(bool(acts))
        case "events":
            return len(acts)
        case "failures":
            return len([one for one in acts if not one.ok])
        case "value":
            return sum(one.value or 0 for one in acts)
        case "duration":
            return sum(one.duration or 0 for one in acts)
        case "timed":
            return len([one for one in acts if one.duration is not None])
        case "slow":
            return len([one for one in acts if (one.duration or 0) > measure.threshold])
        case "sessions":
            return len({one.session for one in acts} - {None})
        case "days":
            return len({one.at.astimezone(ZoneInfo(zone)).date() for one in acts})
        case "back":
            return int(any(_is_back(measure, one.at - shown.at) for one in acts))
    raise AssertionError(measure.of)


def _is_meant(measure, act):
    if not measure.event:
        return act.name != "exposure"
    return act.name == measure.event and measure.subject in (None, act.subject)


def _is_back(measure, later):
    number = later // ONE_DAY
    return number >= measure.day if measure.after else number == measure.day


def _converts(measure, acts):
    funnel = measure.steps
    start = min((act.at for act in acts), default=None)
    happened = [
        Happened(
            (act.at - start) // timedelta(minutes=1),
            frozenset(
                place
                for place, step in enumerate(funnel.steps)
                if step.matches(act.name, act.subject)
            ),
            any(step.matches(act.name, act.subject) for step in funnel.exclusions),
        )
        for act in acts
    ]
    useful = [one for one in happened if one.serves or one.excluded]
    window = funnel.window // timedelta(minutes=1)
    found = outcome(useful, len(funnel.steps), funnel.order, window, 10**9, 10**9)
    return found is not None and found.status == "converted"


def _told(measure, said):
    scores = [one.score for one in said if one.score is not None]
    match measure.of:
        case "score":
            return sum(scores)
        case "answers":
            return len(scores)
        case "promoters":
            best, worst = [s for s in scores if s >= 9], [s for s in scores if s <= 6]
            return 100 * (len(best) - len(worst))
        case "satisfied":
            return len([score for score in scores if score >= 4])
        case "helpful":
            return len([one for one in said if one.helpful])
        case "judged":
            return len([one for one in said if one.helpful is not None])
        case "sentiment":
            labels = [one.corrected or one.sentiment for one in said]
            return 100 * (labels.count("positive") - labels.count("negative"))
        case "scored":
            labels = [one.corrected or one.sentiment for one in said]
            return len([label for label in labels if label not in (None, "not_scored")])
        case "said":
            return len(said)
    raise AssertionError(measure.of)
