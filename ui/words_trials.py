"""What the forms of experiments and flags say beside their fields, and what an A/A test shows."""

from analytics.experiments.self_test import SelfTest

KEY = "What your code asks for. It is made of the name, and fixed from the start on."
SHARE = "Of all people who fit; the others get the control and are not counted."
LAYER = (
    "Experiments of one layer never have the same person. Leave it empty unless two of them would "
    "disturb each other."
)
OF_SEGMENT = "Membership as it was last counted; it needs consent to usage."
VARIANTS = (
    "Who gets which variant is decided by a hash of their id: the same person always gets the same "
    "one, in any language and on any device."
)
METRICS = (
    "One metric decides, and is fixed before the start. Guardrails must not suffer: one that does "
    "stops the experiment. All are means over exposed people."
)
WINDOW = "What happens in these days after the first exposure counts; then the person is counted."
CAP = (
    "What a person has above it is not counted (winsorising): a few with very much make every "
    "other difference hard to see. Choose it before the start."
)
TOP = (
    "99% of people have up to {top} in all: counting at most that of each needs fewer people "
    "where some have very much more."
)
MARGIN = "The change for the worse that is borne."
NO_NAME = "Give it a name first."
NO_SHARE = "At 0% nobody would take part."
PLAN = (
    "From the project's own numbers of the last whole weeks: the metric's mean and variance, less "
    "what the time before the exposure explains, and how many people a day fit: "
    "in two weeks those who come regularly are all in, and then only new people add to them."
)
EFFECT = "Relative: 5% more of 40% is 42%. The smaller it is, the more people it takes."
POWER = "How often such a change is found if it is there. 80% is usual."
BASE = "Then the last one's window is over, too."
LONG = (
    "That is long: look for a larger change, for a metric that more people move, or for a larger "
    "share."
)
LONGEST = 56  # days; what takes longer meets other releases and seasons
BY_HAND = "Say yourself how many people it takes."
NOBODY = "This project keeps no ids of people, so that nobody can be exposed."
A_A = (
    "Your own people are split into halves by chance a hundred times; both halves got the same. "
    "About 5 of 100 splits look different at p < 0.05, and p-values are spread evenly. Many more "
    "would mean that this metric can't be trusted."
)
A_A_WHY = "Nothing is changed and nobody notices: it shows how often chance alone looks like news."
A_A_NOTE = "Evenly spread is as it should be. The first column, below 0.05, holds the false alarms."
A_A_NOBODY = "There are too few people with this metric in the last weeks."
MOST_ALARMS = 11  # of 100: more come by chance in 1 of 200 A/A tests (binomial, 5%)


def a_a_title(found: SelfTest, label: str) -> str:
    """What the A/A test says: "4 of 100 splits look different in Events: as it should be"."""
    if not found.tested:
        return f"{label} can't be tested yet"
    alarms = f"{found.different} of {found.tested} splits look different in {label}"
    usual = found.different * 100 <= MOST_ALARMS * found.tested
    return f"{alarms}: {'as it should be' if usual else 'more than chance explains'}"
