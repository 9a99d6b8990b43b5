"""What people do in the demo, and whether it works."""

import numpy as np

from db.demo import following, kinds
from db.demo.actors import HABITS, Flags
from db.demo.kinds import CLI, Codes, kind, kinds_of
from db.demo.scene import Scene
from db.demo.sessions import is_bad
from db.demo.shape import BAD_FACTOR, INCIDENT_FAILURE

HABIT = 0.88  # of events: something that the person does all the time
ADOPTED_SHARE = 0.35  # of an adopter's uses of other features than the first
REPORTED = 0.6  # of the failures of pages and features in a client: sent as an error

SLOTS = kinds.quantiles(kinds.zipf(HABITS, 1.1), 64)
FAILURE = kinds.per_verb("failure")
OTHER_FEATURES = kinds_of("feature_use")[1:]
UPGRADES = np.array(kinds_of("upgrade"), np.int16)
SHOWN = kinds_of("page_view") + kinds_of("feature_use")


def drawn(scene: Scene) -> Codes:
    """The kind of each event: a habit of its actor, or anything that is done on its platform."""
    table = scene.visits.table[scene.session]
    code = kinds.TABLE[table, scene.pick(kinds.TABLE.shape[1])]
    usual = scene.chance(HABIT) & (scene.platform == scene.people.platform[scene.actor])
    habit = scene.people.habits[scene.actor, SLOTS[scene.pick(64)]]
    code = _entered(scene, np.where(usual, habit, code))
    code = _in_first_session(scene, _without_templates(scene, _adopted(scene, code)))
    return _upgraded(scene, following.rated(scene, following.completed(scene, code)))


def outcomes(scene: Scene, code: Codes, incident: Flags) -> Flags:
    """Whether each attempt succeeds; what is completed later had begun well."""
    bad = is_bad(scene.shape, scene.visits)[scene.session]
    usual = FAILURE[kinds.VERB_OF[code]] * np.where(bad, BAD_FACTOR, 1.0)
    chance = np.where(incident, INCIDENT_FAILURE, usual)
    ok: Flags = (scene.rng.random(scene.count) >= chance) | following.is_completed(code)
    return ok


def reported(scene: Scene, code: Codes, ok: Flags) -> Codes:
    """The same kinds, but for failures that a client sends as an error of its own."""
    own = np.isin(code, SHOWN) & ~ok & (scene.platform < CLI) & scene.chance(REPORTED)
    return np.where(own, kinds.AREAS[scene.pick(64)], code).astype(np.int16)


def _entered(scene: Scene, code: Codes) -> Codes:
    """A session in a browser or an app begins with a page."""
    joins = scene.visits.first[scene.session]
    page = np.where(joins, kind("page_view", "home"), kind("page_view", "dashboard"))
    return np.where((scene.place == 0) & (scene.platform < CLI), page, code).astype(np.int16)


def _adopted(scene: Scene, code: Codes) -> Codes:
    """Adopters do with their feature what others do with all but the first feature."""
    adopts = scene.people.adopts[scene.actor] & scene.chance(ADOPTED_SHARE)
    feature = kind("feature_use", kinds.ADOPTED)
    return np.where(np.isin(code, OTHER_FEATURES) & adopts, feature, code).astype(np.int16)


def _without_templates(scene: Scene, code: Codes) -> Codes:
    """Who uses no templates does something else instead, so that the funnel's rate is exact."""
    may = scene.people.templates[scene.actor] & following.may_start(scene)
    page, command = kind("page_view", "templates"), kind("command_run", "init")
    instead = np.where(scene.platform == CLI, command, page)
    return np.where(np.isin(code, following.STARTS) & ~may, instead, code).astype(np.int16)


def _in_first_session(scene: Scene, code: Codes) -> Codes:
    """Sign-up, first template and first use of the adopted feature, with room to complete one."""
    people, actor, place = scene.people, scene.actor, scene.place
    joins = scene.visits.first[scene.session] & people.signs_up()[actor]
    steps = [
        (joins & (place == 1), kind("sign_up")),
        (joins & (place == 2) & people.templates[actor], following.STARTS[scene.pick(3)]),
        (joins & (place == 4) & people.adopts[actor], kind("feature_use", kinds.ADOPTED)),
    ]
    where, what = zip(*steps, strict=True)
    planned: Codes = np.select(list(where), list(what), code).astype(np.int16)
    return planned


def _upgraded(scene: Scene, code: Codes) -> Codes:
    """A session with an upgrade ends with it."""
    last = scene.place == scene.visits.length[scene.session] - 1
    plan = scene.people.plan_after[scene.actor] - 1
    ends = last & scene.visits.upgrades[scene.session]
    return np.where(ends, UPGRADES[plan], code).astype(np.int16)
