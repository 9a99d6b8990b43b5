"""What commands and requests tell about themselves, as JSON texts to pick from uniformly."""

import json
from statistics import NormalDist
from typing import TypeVar

import numpy as np

Key = TypeVar("Key")

TEXTS = 256  # of each kind
OUTPUT_FORMATS = {"text": 0.55, "json": 0.30, "table": 0.15}
FLAGS = {
    (): 0.50,
    ("--quiet",): 0.18,
    ("--watch",): 0.14,
    ("--dry-run",): 0.10,
    ("--quiet", "--watch"): 0.08,
}
MODELS = {"": 0.55, "nova-small": 0.25, "nova-large": 0.12, "lynx-2": 0.08}
VOICES = {"aria-1": 0.625, "aria-2": 0.375}  # models of speech
CORRECTED = {"aria-1": 0.125, "aria-2": 0.0625}  # of what they heard, by the person
REPEATED = 0.0625  # of spoken commands: said again
FOLLOWED_UP = 0.28125  # of answers: by another question
COMPLETED = 0.84375  # of conversations: with what was wanted
WRITTEN = 2.6  # characters of an answer to one of its prompt
TOKEN = 4  # characters
MESSAGES = {  # of errors; numbers are of the case, not of its cause
    "Could not save draft {}": 0.5,
    "Request {} was given up": 0.35,
    "No answer from worker {}": 0.15,
}
PROMPT = {"command": 45, "request": 160}  # median characters
PROMPT_SPREAD = 0.8  # standard deviation of the logarithm


def of_commands() -> tuple[str, ...]:
    """Output format and flags; where a model was used, which, and how long its prompt was."""
    rng = np.random.default_rng(5)
    formats, flags, models = _mixed(rng, OUTPUT_FORMATS), _mixed(rng, FLAGS), _mixed(rng, MODELS)
    lengths = _prompt_lengths(rng, PROMPT["command"])
    return tuple(
        json.dumps(
            {"output_format": output}
            | ({"flags": list(given)} if given else {})
            | ({"model_used": model, "prompt_length": length} if model else {})
        )
        for output, given, model, length in zip(formats, flags, models, lengths, strict=True)
    )


def of_requests() -> tuple[str, ...]:
    """How long the prompt was, what went to the model and back, and how the conversation went."""
    rng = np.random.default_rng(6)
    lengths = _prompt_lengths(rng, PROMPT["request"])
    followed, completed = _chosen(rng, FOLLOWED_UP), _chosen(rng, COMPLETED)
    return tuple(
        json.dumps(
            {"prompt_length": length} | _sizes(length) | {"follow_up": more, "completed": done}
        )
        for length, more, done in zip(lengths, followed, completed, strict=True)
    )


def of_voices() -> tuple[str, ...]:
    """Which model heard it, whether it heard right, and whether it had to be said again."""
    rng = np.random.default_rng(8)
    lengths, models = _prompt_lengths(rng, PROMPT["command"]), sorted(_mixed(rng, VOICES))
    wrong = [each for model, share in CORRECTED.items() for each in _wrong(models, model, share)]
    repeated = _chosen(rng, REPEATED)
    return tuple(
        json.dumps({"model_used": model, "corrected": bad, "repeated": again} | _sizes(length))
        for model, bad, again, length in zip(models, wrong, repeated, lengths, strict=True)
    )


def of_errors() -> tuple[str, ...]:
    """What the error said, each time with another number."""
    rng = np.random.default_rng(9)
    numbers = rng.integers(1_000, 99_999, TEXTS).tolist()
    words = _mixed(rng, MESSAGES)
    told = (text.format(number) for text, number in zip(words, numbers, strict=True))
    return tuple(json.dumps({"message": message}) for message in told)


def _wrong(models: list[str], model: str, share: float) -> list[bool]:
    """Which of a model's texts are of something that was corrected."""
    count = models.count(model)
    return [number < round(count * share) for number in range(count)]


def _chosen(rng: np.random.Generator, share: float) -> list[bool]:
    return _mixed(rng, {True: share, False: 1 - share})


def _sizes(length: int) -> dict[str, int]:
    """Bytes there and back, and tokens of both, of a prompt of so many characters."""
    answer = round(length * WRITTEN)
    both = {"request_size_bytes": length, "response_size_bytes": answer}
    return both | {"tokens": (length + answer) // TOKEN}


def _mixed(rng: np.random.Generator, shares: dict[Key, float]) -> list[Key]:
    """TEXTS choices in these shares, in no order."""
    ends = np.cumsum(list(shares.values()))
    chosen = np.searchsorted(ends, (np.arange(TEXTS) + 0.5) / TEXTS)
    keys = list(shares)
    return [keys[index] for index in rng.permutation(chosen)]


def _prompt_lengths(rng: np.random.Generator, median: int) -> list[int]:
    """Log-normal characters, in no order."""
    quantile = [NormalDist().inv_cdf((index + 0.5) / TEXTS) for index in range(TEXTS)]
    return [round(float(n)) for n in median * np.exp(PROMPT_SPREAD * rng.permutation(quantile))]
