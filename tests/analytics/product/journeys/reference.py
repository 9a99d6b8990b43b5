"""What the flow of a journey is, in loops over lists, straight from the definitions."""

from collections import Counter
from itertools import pairwise

from analytics.product.journeys.asking import Journey
from tests.analytics.product.sessions.reference import collapsed


def node(name: str, subject: str, journey: Journey) -> str:
    """What an event is called in this journey."""
    if name == journey.name and journey.subject in (None, subject):
        subject = journey.subject or ""
    elif journey.level == "name":
        subject = ""
    return f"{name}: {subject}" if subject else name


def trail(kinds: list[tuple[str, str]], journey: Journey) -> list[str]:
    """The nodes of one session from the journey's start on, its end included; [] without a start.

    Going back, they are in reverse.
    """
    nodes = collapsed([node(*kind, journey) for kind in kinds])
    if journey.name:
        starts = [at for at, name in enumerate(nodes) if name == node(*start(journey), journey)]
        if not starts:
            return []
        first = starts[0]
    else:
        first = 0 if journey.direction == "after" else len(nodes) - 1
    if journey.direction == "after":
        return [*nodes[first:], "(left)"][: journey.steps]
    return [*nodes[first::-1], "(began)"][: journey.steps]


def start(journey: Journey) -> tuple[str, str]:
    """A kind that the journey starts at."""
    return journey.name, journey.subject or ""


def told_apart(trails: list[list[str]], journey: Journey) -> list[list[str]]:
    """The trails, with "(other)" in place of what isn't among the most used of a step."""
    told = [set(most_used(trails, step, journey)) for step in range(journey.steps)]
    ends = {"(left)", "(began)"}
    return [
        [name if name in told[step] | ends else "(other)" for step, name in enumerate(trail)]
        for trail in trails
    ]


def most_used(trails: list[list[str]], step: int, journey: Journey) -> list[str]:
    """The nodes of a step with the most sessions; of equal ones the first by name."""
    found = Counter(trail[step] for trail in trails if len(trail) > step)
    for end in ("(left)", "(began)"):
        found.pop(end, None)
    return sorted(found, key=lambda name: (-found[name], name))[: journey.top]


def flow(sessions: list[list[tuple[str, str]]], journey: Journey) -> tuple[Counter, Counter]:
    """Sessions by (step, node), and by (step, source, target) in order of time."""
    found = [trail(session, journey) for session in sessions]
    trails = told_apart([each for each in found if each], journey)
    nodes, edges = Counter(), Counter()
    for each in trails:
        for step, name in enumerate(each):
            nodes[step if journey.direction == "after" else -step, name] += 1
        for step, pair in enumerate(pairwise(each)):
            if journey.direction == "after":
                edges[step, *pair] += 1
            else:
                edges[-step - 1, *reversed(pair)] += 1
    return nodes, edges
