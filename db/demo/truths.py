"""What is planted in the demo data, where and how large, so that findings can be checked."""

from collections.abc import Iterator

import numpy as np

from db.demo import actors, consenting, following, kinds, properties, shape
from db.demo.business.truths import business_truths
from db.demo.experiments.truths import experiment_truths
from db.demo.feedback.truths import feedback_truths
from db.demo.kinds import VERBS
from db.demo.shape import Shape
from db.demo.systems.truths import system_truths

SETTLED = 28  # days after which who is seen for the first time has joined then, but for very few


def truths(of: Shape) -> list[dict[str, object]]:
    """One dict a truth: name, what, where_ (JSON object), size and unit."""
    return [
        _truth(
            "weekly_growth", "Events grow from week to week", {"name": "*"},
            shape.WEEKLY_GROWTH, "share per week",
        ),
        _truth(
            "weekend", "A Saturday or Sunday has this many events of a day of the working week",
            {"weekdays": [6, 7]}, shape.WEEKEND_EVENTS, "ratio",
        ),
        _truth(
            "peak_hour", "The hour with most events on the project's clock",
            {"zone": of.zone}, float(np.argmax(of.hourly(of.days // 2))), "hour of the day",
        ),
        _top_feature(),
        _sticky_feature(of),
        _retention(of),
        *_funnel(of),
        *_incident(of),
        _regression(of),
        _launch(of),
        _campaign(of),
        *_completions(),
        _satisfaction(),
        _output_format(),
        *_corrections(),
        _consent(),
        *(_truth(*truth) for truth in feedback_truths(of)),
        *(_truth(*truth) for truth in experiment_truths(of)),
        *(_truth(*truth) for truth in business_truths(of)),
        *(_truth(*truth) for truth in system_truths(of)),
    ]  # fmt: skip


def _truth(
    name: str, what: str, where: dict[str, object], size: float, unit: str
) -> dict[str, object]:
    return {
        "name": name,
        "what": what,
        "where_": where,
        "size": round(float(size), 6),
        "unit": unit,
    }


def _top_feature() -> dict[str, object]:
    verb = next(verb for verb in VERBS if verb.name == "feature_use")
    top = verb.subjects[0]
    what = "The most used feature's part of all feature use"
    where: dict[str, object] = {"name": verb.name, "subject": top}
    return _truth("top_feature", what, where, kinds.subject_shares(verb)[top], "share")


def _sticky_feature(of: Shape) -> dict[str, object]:
    """Adopters of a feature against all the others who joined, 14 days later."""
    adopters = actors.retained(14, actors.manners_of(1.0))
    share = actors.SIGN_UP * actors.ADOPTS
    everybody = actors.retained(14, actors.manners_of_all())
    others = (everybody - share * adopters) / (1 - share)
    where: dict[str, object] = {"name": "feature_use", "subject": kinds.ADOPTED, "day": 14}
    where["first_seen_from"] = str(of.date_of(SETTLED))
    what = "Who uses the feature on the first day is back on day 14 this many times as often"
    return _truth("sticky_feature", what, where, adopters / others, "ratio")


def _retention(of: Shape) -> dict[str, object]:
    where: dict[str, object] = {"first_seen_from": str(of.date_of(SETTLED)), "day": 7}
    where["first_seen_on"] = [1, 2, 3, 4, 5]
    what = "Back exactly 7 days after the first day, of who came first from Monday to Friday"
    return _truth(
        "retention_day_7", what, where, actors.retained(7, actors.manners_of_all()), "share"
    )


def _funnel(of: Shape) -> list[dict[str, object]]:
    stays = actors.manners_of(actors.ADOPTS)[actors.RETURNS]
    upgrade = stays * actors.UPGRADE["stays"] + (1 - stays) * actors.UPGRADE["fades"]
    rates = {"sign_up": actors.SIGN_UP, "template_used": actors.TEMPLATE, "upgrade": upgrade}
    where: dict[str, object] = {
        "steps": ["page_view", *rates],
        "first_seen_from": str(of.date_of(SETTLED)),
        "window_days": actors.UPGRADE_DAYS + 1,
    }
    what = "Of the people at the step before, who go on to {}"
    return [
        _truth(f"funnel_{step}", what.format(step), where | {"step": step}, rate, "share")
        for step, rate in rates.items()
    ]


def _incident(of: Shape) -> list[dict[str, object]]:
    begin, end = (of.instant(of.incident_day, hour) for hour in shape.INCIDENT_HOURS)
    where: dict[str, object] = {"name": "api_request", "subject": shape.INCIDENT_SUBJECT}
    where |= {"from": begin.isoformat(), "to": end.isoformat()}
    fails = "An endpoint fails this often for some hours"
    slow = "The same endpoint is this many times slower in these hours"
    return [
        _truth("incident", fails, where, shape.INCIDENT_FAILURE, "share"),
        _truth("incident_slowness", slow, where, shape.INCIDENT_SLOWNESS, "ratio"),
    ]


def _regression(of: Shape) -> dict[str, object]:
    version = of.versions[of.bad_version]
    where: dict[str, object] = {"platform": shape.BAD_PLATFORM, "app_version": version}
    where["released"] = str(of.date_of(int(of.release_days[of.bad_version])))
    what = "A version fails this many times as often as the others on its platform"
    return _truth("version_regression", what, where, shape.BAD_FACTOR, "ratio")


def _launch(of: Shape) -> dict[str, object]:
    share = shape.COUNTRIES[shape.LAUNCHED][1] / float(shape.COUNTRY_WEIGHTS.sum())
    where: dict[str, object] = {"country": shape.LAUNCHED, "from": str(of.date_of(of.launch_day))}
    what = "A country without users before gives this part of the new users from its launch on"
    return _truth("country_launch", what, where, share, "share")


def _campaign(of: Shape) -> dict[str, object]:
    where: dict[str, object] = {"channel": shape.CAMPAIGN_CHANNEL}
    where["from"] = str(of.date_of(of.campaign_day))
    where["to"] = str(of.date_of(of.campaign_day + shape.CAMPAIGN_DAYS))
    what = "A campaign brings this part of the new users while it lasts"
    return _truth("campaign", what, where, shape.CAMPAIGN_SHARE, "share")


def _completions() -> list[dict[str, object]]:
    """One truth a template; the lowest is a leak."""
    what = "Of the uses of the template, so many are completed"
    pair: dict[str, object] = {"start": following.START, "done": following.DONE}
    return [
        _truth(
            f"completion_{subject}", what, pair | {"subject": subject},
            following.completion(subject), "share",
        )
        for subject in kinds.TEMPLATES.split()
    ]  # fmt: skip


def _satisfaction() -> dict[str, object]:
    """The template that fewest complete is also liked least."""
    subject = min(following.SATISFIED, key=following.satisfaction)
    where: dict[str, object] = {"name": following.RATING, "subject": subject}
    what = "A template gets this share of 4 and 5 among its ratings"
    return _truth("satisfaction", what, where, following.satisfaction(subject), "share")


def _output_format() -> dict[str, object]:
    where: dict[str, object] = {"name": "command_run", "output_format": "json"}
    what = "This share of the commands writes JSON"
    return _truth("output_format", what, where, properties.OUTPUT_FORMATS["json"], "share")


def _corrections() -> Iterator[dict[str, object]]:
    for model, share in properties.CORRECTED.items():
        what = "This share of what a model of speech heard is corrected"
        where: dict[str, object] = {"name": "voice_request", "model_used": model}
        yield _truth(f"corrected_{model}", what, where, share, "share")


def _consent() -> dict[str, object]:
    what = "Of those who decided on it, this share lets itself be asked for feedback"
    where: dict[str, object] = {"purpose": "feedback"}
    return _truth("consent_feedback", what, where, consenting.feedback_share(), "share")
