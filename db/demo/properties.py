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
    """How long the prompt was."""
    lengths = _prompt_lengths(np.random.default_rng(6), PROMPT["request"])
    return tuple(json.dumps({"prompt_length": length}) for length in lengths)


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
