"""What happens in the demo product: verbs, their subjects, how often on which platform."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db.demo import properties

PLATFORMS = ("web", "ios", "android", "cli", "api")
WEB, IOS, ANDROID, CLI, API = range(len(PLATFORMS))
VISITOR = len(PLATFORMS)  # the row of TABLE for people who only look around

Codes = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Verb:
    """One name of events with its subjects, the first of them the most used."""

    name: str
    purpose: str
    shares: tuple[float, ...]  # of a platform's events, in the order of PLATFORMS
    subjects: tuple[str, ...]
    failure: float = 0.0  # share of attempts
    median_ms: float = 0.0  # 0: has no duration
    spread: float = 0.0  # standard deviation of the logarithm of the duration
    skew: float = 1.0  # exponent of Zipf's law over the subjects
    errors: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()  # as JSON texts, picked uniformly


PAGES = "home dashboard editor templates docs explore pricing settings integrations billing"
FEATURES = (
    "search filters export share comments dashboards alerts shortcuts bulk_edit history import "
    "mentions themes saved_views"
)
TEMPLATES = "blank weekly_report landing_page onboarding invoice changelog survey"
ENDPOINTS = (
    "POST /v1/runs",
    "GET /v1/runs",
    "GET /v1/search",
    "POST /v1/files",
    "GET /v1/projects",
    "PATCH /v1/projects",
    "GET /v1/members",
    "DELETE /v1/files",
)
NETWORK = ("Timeout", "NetworkError", "RateLimited", "ServerError")
INPUT = ("ValidationError", "PermissionDenied", "NotFound", "Crash")

VERBS = (
    Verb(
        "page_view", "usage", (0.42, 0.34, 0.34, 0.0, 0.0), tuple(PAGES.split()),
        0.004, 420, 0.6, 0.8, NETWORK,
    ),
    Verb(
        "feature_use", "features", (0.27, 0.30, 0.30, 0.0, 0.0), tuple(FEATURES.split()),
        0.012, 180, 0.7, 0.9, INPUT,
    ),
    Verb(
        "template_used", "features", (0.06, 0.04, 0.04, 0.08, 0.0), tuple(TEMPLATES.split()),
        0.05, 900, 0.5, 1.0, INPUT,
    ),
    Verb(
        "template_completed", "features", (0.0,) * 5, tuple(TEMPLATES.split()),
        median_ms=190_000, spread=0.8,
    ),
    Verb(
        "command_run", "usage", (0.0, 0.0, 0.0, 0.58, 0.0),
        ("run", "build", "test", "status", "deploy", "init", "logs", "config", "login"),
        0.05, 2_400, 0.9, 0.9, INPUT, properties.of_commands(),
    ),
    Verb(
        "api_request", "performance", (0.13, 0.14, 0.14, 0.20, 0.80), ENDPOINTS,
        0.012, 95, 0.5, 1.2, NETWORK,
    ),
    Verb(
        "ai_request", "features", (0.09, 0.08, 0.08, 0.14, 0.20),
        ("nova-small", "nova-large", "lynx-2", "lynx-2-mini"),
        0.03, 2_800, 0.6, 0.8, NETWORK, properties.of_requests(),
    ),
    Verb(
        "voice_request", "features", (0.01, 0.08, 0.08, 0.0, 0.0),
        ("ask", "dictate", "transcribe"),
        0.06, 1_900, 0.5, 0.8, NETWORK, properties.of_voices(),
    ),
    Verb(
        "login", "usage", (0.02, 0.02, 0.02, 0.0, 0.0), ("",),
        0.03, 650, 0.4, 1.0, INPUT,
    ),
    Verb("sign_up", "usage", (0.0,) * 5, ("",), median_ms=1_100, spread=0.4),
    Verb("upgrade", "usage", (0.0,) * 5, ("pro", "team")),
    Verb("rating", "feedback", (0.0,) * 5, (*TEMPLATES.split(), *FEATURES.split())),
    Verb(
        "error", "performance", (0.0,) * 5,
        ("editor", "sync", "rendering", "network", "permissions", "startup"),
        failure=1.0, errors=("Crash", "NetworkError", "Timeout", "OutOfMemory"),
        properties=properties.of_errors(),
    ),
)  # fmt: skip

VERB_NAMES = tuple(verb.name for verb in VERBS)
KINDS = tuple((verb.name, subject) for verb in VERBS for subject in verb.subjects)
VERB_OF: Codes = np.repeat(np.arange(len(VERBS)), [len(v.subjects) for v in VERBS]).astype(np.int16)
SUBJECTS = tuple(sorted({subject for _, subject in KINDS}))
SUBJECT_OF: Codes = np.array([SUBJECTS.index(subject) for _, subject in KINDS], np.int16)
PURPOSES = tuple(sorted({verb.purpose for verb in VERBS}))
ERROR_TYPES = ("", *sorted({error for verb in VERBS for error in verb.errors}))
PROPERTIES = tuple(sorted({text for verb in VERBS for text in verb.properties}))
PRICES = {"pro": 29.0, "team": 99.0}  # USD a month
ADOPTED = "saved_views"  # used by nobody but its adopters, so it has no share of its own


def kind(name: str, subject: str = "") -> int:
    """The code of a kind."""
    return KINDS.index((name, subject))


def kinds_of(name: str) -> list[int]:
    """The codes of all kinds of this name, the most used first."""
    return [code for code, (other, _) in enumerate(KINDS) if other == name]


def per_verb(attribute: str) -> NDArray[np.float64]:
    """A number of every verb."""
    return np.array([getattr(verb, attribute) for verb in VERBS], np.float64)


def zipf(count: int, skew: float) -> NDArray[np.float64]:
    """Shares of `count` things by Zipf's law; they sum to 1."""
    weights: NDArray[np.float64] = np.arange(1, count + 1, dtype=np.float64) ** -skew
    weights /= weights.sum()
    return weights


def subject_shares(verb: Verb) -> dict[str, float]:
    """The share of each subject in the events of a verb; 0 for the feature of adopters."""
    drawn = [subject for subject in verb.subjects if subject != ADOPTED]
    shares = dict(zip(drawn, zipf(len(drawn), verb.skew).tolist(), strict=True))
    return {subject: shares.get(subject, 0.0) for subject in verb.subjects}


def quantiles(weights: NDArray[np.float64], size: int = 4096) -> Codes:
    """A table whose entries, picked uniformly, have the distribution of the weights."""
    steps = (np.arange(size) + 0.5) / size
    return np.searchsorted(np.cumsum(weights) / weights.sum(), steps).astype(np.int16)


def _platform_weights(platform: int) -> NDArray[np.float64]:
    shares = [
        verb.shares[platform] * share for verb in VERBS for share in subject_shares(verb).values()
    ]
    return np.array(shares)


def _visitor_weights() -> NDArray[np.float64]:
    pages = np.isin(VERB_OF, VERB_NAMES.index("page_view"))
    return np.where(pages, _platform_weights(WEB), 0.0)


def _properties(texts: tuple[str, ...]) -> Codes:
    """A table of codes to pick from uniformly; -1 throughout when there are no texts."""
    if not texts:
        return np.full(properties.TEXTS, -1, np.int16)
    return np.array([PROPERTIES.index(text) for text in texts], np.int16)


def _errors(errors: tuple[str, ...]) -> Codes:
    """A table of codes to pick from uniformly; -1 throughout when there are none."""
    if not errors:
        return np.full(64, -1, np.int16)
    codes = np.array([ERROR_TYPES.index(error) for error in errors], np.int16)
    return codes[quantiles(zipf(len(errors), 1.0), 64)]


TABLE: Codes = np.stack(
    [quantiles(_platform_weights(platform)) for platform in range(len(PLATFORMS))]
    + [quantiles(_visitor_weights())]
)
AREAS: Codes = np.array(kinds_of("error"), np.int16)[quantiles(zipf(6, 1.0), 64)]
ERRORS: Codes = np.stack([_errors(verb.errors) for verb in VERBS])
PROPERTY: Codes = np.stack([_properties(verb.properties) for verb in VERBS])
PURPOSE_OF: Codes = np.array([PURPOSES.index(verb.purpose) for verb in VERBS], np.int16)
