"""Feedback in words: scores with how sure they are, what moved, and what people did next."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd

from analytics.feedback.metrics import Measure
from analytics.feedback.scores import FEW, Score
from analytics.feedback.sentiment_accuracy import Accuracy
from analytics.filters import Filters
from ui import words

FEW_PEOPLE = 10  # of a group, below which nothing is said of a week
BREAKDOWN = (
    "The value of the figure at each place, with its 95% interval. The order is that of the lower "
    "ends, so that a few good answers are no first place; places with under 10 answers come last. "
    "One answer, or a few that are all equal, give no interval."
)
DISTRIBUTION = "How often each answer was given in the range."
THEMES = (
    "What comments are about, found by the words they share and kept from run to run. Sentiment is "
    "the percentage of positive comments less that of negative ones. Detractors: of its people who "
    "ever answered NPS, those whose latest answer is 0 to 6."
)
AFTERWARDS = (
    "Of the people who wrote about this in the range, and of everybody else who wrote: who was "
    "active again, by week after the comment. Only those are counted for whom the week is over."
)
NOT_A_CAUSE = "An association, not a cause: who complains may have been about to leave anyway."
ACCURACY = (
    "Of the comments of the range whose sentiment a person told and the lexicon had computed: how "
    "often both say the same. People tend to correct what is wrong, so that this is a lower bound."
)
COMMENTS = "The newest comments, as people wrote them; personal data was masked before storage."
PAGES = "What colleagues answer to “Was this page helpful?”, the least helpful page first."
NO_THEMES = "No theme of this kind in this range. The worker looks for them every hour."
KINDS = {"pain": "Pain points", "request": "Requests", "praise": "Praise"}
SENTIMENTS = {
    "positive": "Positive",
    "neutral": "Neutral",
    "negative": "Negative",
    "not_scored": "Not scored",
    "": "Waits for its score",
}
FEEDBACK = {
    "rating": "Rating",
    "nps": "NPS",
    "csat": "CSAT",
    "ces": "CES",
    "choice": "Choice",
    "text": "Comment",
}


def value(number: float | None, unit: str) -> str:
    """A score as people read it: +34 points of NPS, 82.1% of answers, 5.6 of 7."""
    if number is None or number != number:
        return words.NOTHING
    return f"{number:+.0f}" if unit == "points" else words.amount(number, unit)


def change(score: Score) -> str | None:
    """How a score changed; None where nothing is compared."""
    return None if score.change is None else _difference(score.change, score.measure.metric.unit)


def sureness(score: Score) -> str:
    """What a score rests on: "± 6 · 312 answers · 41% responded"."""
    if not score.n:
        return "No answers"
    told = [*_interval(score), words.counted(score.n, "answer")]
    if 1 < score.n < FEW:
        told[-1] = f"few answers ({score.n})"
    if score.response_rate is not None:
        told.append(f"{score.response_rate:.0%} responded")
    return " · ".join(told)


def explained(score: Score) -> str:
    """What a score means, and what it leaves out."""
    told = [score.measure.metric.definition, "± is half of its 95% interval."]
    if score.shown:
        told.append(f"{score.answered:,} of {score.shown:,} who were asked answered.")
    if score.change is not None and not score.moved:
        few = "It compares few answers" if score.change_n < FEW else "The change is within chance"
        told.append(f"{few}, and so it is grey.")
    if 0 < score.n < FEW:
        told.append("It rests on few answers.")
    if score.n and score.low is None:
        told.append("One answer, or a few that are all equal, give no interval.")
    return " ".join(told)


def trend_finding(found: list[Score], measure: Measure, filters: Filters) -> str:
    """What the chart over time shows: "NPS up 5 points on 4 weeks earlier"."""
    metric = measure.metric
    score = next((each for each in found if each.measure == measure), None)
    if score is None or not score.n:
        return f"{metric.label}, {words.span(filters)}"
    if score.change is None:
        return f"{metric.label} {value(score.value, metric.unit)}, {words.span(filters)}"
    over = filters.whole_days() or filters
    if not score.moved:
        return f"{metric.label}: no clear change on {words.earlier(over)}"
    way = "up" if score.change > 0 else "down"
    moved = _difference(abs(score.change), metric.unit).lstrip("+")
    return f"{metric.label} {way} {moved} on {words.earlier(over)}"


def parts_finding(parts: pd.DataFrame, measure: Measure, label: str) -> str:
    """The best and the worst place of those with enough answers."""
    enough = parts[parts["n"] >= FEW]
    if len(enough) < 2 or measure.interval == "none":
        return f"{measure.metric.label} by {label.lower()}"
    ranked = enough.sort_values("value")
    best, worst = ranked.iloc[-1], ranked.iloc[0]
    unit = measure.metric.unit
    low, high = value(worst["value"], unit), value(best["value"], unit)
    return f"{label}: from {low} ({worst['series']}) to {high} ({best['series']})"


def answers_finding(answers: pd.DataFrame, measure: Measure) -> str:
    """The answer that is given most; of NPS, how many would recommend it and how many not."""
    if not answers["n"].sum():
        return f"Answers to {measure.metric.label}"
    if measure.metric.key == "nps":
        return _recommending(answers)
    most = answers.nlargest(1, "n").iloc[0]
    return f"{most['share']:.0%} of {answers['n'].sum():,} answers: {answer(most['answer'])}"


def _recommending(answers: pd.DataFrame) -> str:
    """Promoters and detractors: "47% recommend it (9 or 10), 26% do not (0 to 6)"."""
    given = answers["answer"].astype(int)
    promoters, detractors = (answers["share"][which].sum() for which in (given >= 9, given <= 6))
    return f"{promoters:.0%} recommend it (9 or 10), {detractors:.0%} do not (0 to 6)"


def answer(given: str) -> str:
    """An answer as people read it: not_scored -> Not scored."""
    return SENTIMENTS.get(given, FEEDBACK.get(given, given.capitalize()))


def themes_finding(themes: pd.DataFrame, kind: str) -> str:
    """The largest theme, or the one that grew most where one did by half."""
    if themes.empty:
        return KINDS[kind]
    grown = themes[(themes["change"] >= 0.5) & (themes["recent"] >= 10)]
    if not grown.empty:
        most = grown.nlargest(1, "change").iloc[0]
        more = words.change(most["change"]).lstrip("+")
        return f"{KINDS[kind]}: “{most['name']}” rises by {more}"
    most = themes.nlargest(1, "comments").iloc[0]
    comments = words.counted(int(most["comments"]), "comment")
    return f"{KINDS[kind]}: most often “{most['name']}”, {comments}"


def distinct(names: Mapping[int, str]) -> dict[int, str]:
    """Names by id, of which equal ones say their id, so that none hides another."""
    times = Counter(names.values())
    return {
        number: name if times[name] == 1 else f"{name} ({number})" for number, name in names.items()
    }


def afterwards_finding(weeks: pd.DataFrame) -> str:
    """The last week with enough people in both groups: how many were active, and how sure it is."""
    both = weeks.dropna(subset=["difference"])
    enough = both[both[["people", "rest_people"]].min(axis=1) >= FEW_PEOPLE]
    if enough.empty:
        return "Too few people yet to tell what they did next"
    last = enough.iloc[-1]
    low, high = (_difference(last[f"difference_{end}"], "share") for end in ("low", "high"))
    shares = f"{last['share']:.0%} were active in week {last['week']:.0f}"
    shares = f"{shares}, of others {last['rest_share']:.0%}"
    if last["difference_low"] <= 0 <= last["difference_high"]:
        return f"No clear difference: {shares} ({low} to {high})"
    return f"{shares} (difference {low} to {high})"


def accuracy_finding(checked: Accuracy) -> str:
    """How often the lexicon is right, with its interval and the number of comments."""
    if checked.share is None:
        return "How far the sentiment can be believed"
    sure = f"{checked.low:.0%} to {checked.high:.0%}"
    return f"Right in {checked.share:.0%} of {checked.n:,} comments that people checked ({sure})"


def found(comments: pd.DataFrame) -> str:
    """How many comments there are."""
    number = 0 if comments.empty else int(comments["found"].iloc[0])
    return words.counted(number, "comment")


def about(comment: Mapping[str, Any]) -> str:
    """What is known of a comment, in one line of Markdown without anybody's markup."""
    kind = FEEDBACK[str(comment["kind"])]
    scored = kind if pd.isna(comment["score"]) else f"{kind} {comment['score']}"
    sentiment = SENTIMENTS[str(comment["sentiment"])]
    told = [f"{comment['said_at']:%-d %b %Y, %H:%M}", scored, _thumb(comment["helpful"])]
    told.append(f"{sentiment} (corrected)" if comment["corrected"] else sentiment)
    told += [str(comment[name]) for name in ("subject", "package", "platform", "app_version")]
    told += [str(comment["plan"]), str(comment["themes"])]
    if comment["masked"]:
        told.append(f"{comment['masked']} masked")
    return words.plain(" · ".join(each for each in told if each))


def handling(comment: Mapping[str, Any]) -> str:
    """How a comment stands and who has it: "Seen · pm@example.org"."""
    told = [str(comment["state"]).capitalize(), str(comment["assignee"])]
    if comment["released"]:
        told.append("Public")
    return words.plain(" · ".join(each for each in told if each))


def _interval(score: Score) -> list[str]:
    """The interval: "± 6", or from where to where it goes where the scale ends it; none."""
    unit, margin = score.measure.metric.unit, score.margin
    if margin is None or score.low is None or score.high is None or score.value is None:
        return []
    is_even = abs(score.high + score.low - 2 * score.value) < 1e-9
    if unit != "share" and not is_even:
        return [f"{value(score.low, unit)} to {value(score.high, unit)}"]
    return [f"± {_margin(margin, unit)}"]


def _thumb(helpful: Any) -> str:
    if pd.isna(helpful):
        return ""
    return "Helpful" if helpful else "Not helpful"


def _difference(change: float, unit: str) -> str:
    """A difference with its sign: +5 points, -2.1 points (of a share), +0.3."""
    if unit == "points":
        return f"{change:+.0f} points"
    return f"{change * 100:+.1f} points" if unit == "share" else f"{change:+.2f}"


def _margin(margin: float, unit: str) -> str:
    if unit == "points":
        return f"{margin:.0f}"
    return f"{margin * 100:.1f} points" if unit == "share" else f"{margin:.2f}"
