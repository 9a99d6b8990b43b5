"""The packages of the registry and the models that they run on, with what is planted in them."""

from dataclasses import dataclass

DAYS = 90
REVIEWER = "code-reviewer"
RISING = "sql-tuner"  # grows much faster than the others
NAMES = (
    *(REVIEWER, "seo-optimizer", "bug-finder", "api-designer", "test-generator", RISING),
    *("docs-writer", "commit-writer", "regex-builder", "changelog-keeper", "type-annotator"),
    *("dependency-auditor", "error-explainer", "readme-polisher", "query-planner", "log-reader"),
    *("schema-designer", "release-notes", "accessibility-checker", "colour-picker", "json-fixer"),
    *("prompt-shortener", "unit-converter", "meeting-minutes", "email-drafter", "data-cleaner"),
    *(
        "chart-advisor",
        "translation-checker",
        "licence-finder",
        "incident-writer",
        "cron-explainer",
    ),
    *("diff-summariser", "issue-sorter", "api-mocker", "fixture-maker", "css-tidier"),
    *("shell-helper", "yaml-linter", "survey-writer", "story-splitter"),
)
AUTHORED = NAMES[:4]  # by the author of the demo
PRIVATE = NAMES[-2:]  # what is not public
OLD, NEW = "1.5.0", "2.0.0"  # of the reviewer
NEW_SINCE = 14  # whole days that the new version of the reviewer is out
HALF_LIFE = 11.0  # days in which half of those who are left take a new version up
USUAL_RELEASES = {"1.0.0": 200, "1.1.0": 48, "1.2.0": 20}  # days before the end
REVIEWER_RELEASES = {"1.0.0": 300, OLD: 120, NEW: NEW_SINCE}


@dataclass(frozen=True, slots=True)
class Model:
    """A model: how often it is chosen, how often a run succeeds, how long it takes, its price."""

    name: str
    share: float
    success: float
    median_ms: float
    credits: int


CLAUDE = Model("claude-3-5-sonnet-20241022", 0.48, 0.981, 1_950, 1)
GPT = Model("gpt-4o", 0.28, 0.935, 2_500, 2)
MODELS = (
    CLAUDE,
    GPT,
    Model("gpt-4o-mini", 0.12, 0.900, 1_250, 1),
    Model("claude-3-5-haiku-20241022", 0.12, 0.890, 1_150, 1),
)
ERRORS = {"timeout": 0.5, "rate_limited": 0.2, "bad_output": 0.2, "context_too_long": 0.1}
# How often each of 1 to 5 stars is given.
STARS = {
    "": (0.03, 0.05, 0.12, 0.35, 0.45),
    OLD: (0.04, 0.06, 0.12, 0.22, 0.56),
    NEW: (0.005, 0.01, 0.025, 0.14, 0.82),
}
RATED = 0.2  # of the runs
RATED_REVIEWER = 0.35
COMMENTED = 0.08  # of the ratings
COMMENTS = {
    1: ("The output was cut off in the middle.", "It failed twice before it worked."),
    2: ("Too slow for larger files.", "It missed what I asked for."),
    3: ("Fine for small things.", "Works, but I have to correct the result."),
    4: ("Good results, a little slow at times.", "Does what it says."),
    5: ("This saved me two hours of work.", "The best one of its kind that I tried."),
}
INSTALLERS = {"pip": 0.45, "uv": 0.35, "npm": 0.2}
AUDIENCES = {"person": 0.58, "ci": 0.27, "mirror": 0.1, "bot": 0.05}


def releases(name: str) -> dict[str, int]:
    """The versions of a package with the days before the end on which they came out."""
    return REVIEWER_RELEASES if name == REVIEWER else USUAL_RELEASES


def popularity(name: str) -> float:
    """How often a package is run, against the first."""
    return float((NAMES.index(name) + 1) ** -0.9)
