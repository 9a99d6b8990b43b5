"""Test vectors: what the recipe of `assignment` gives, for who writes it in another language.

`python -m analytics.experiments.vectors > docs/assignment-vectors.json`
"""

import json
from typing import Any

from analytics.experiments.assignment import bucket, part_salt, takes_part, variant_of
from db.experiments.kept import Variant

UNITS = (
    "",
    "1",
    "42",
    "user-1",
    "user-2",
    "user-3",
    "a@b.example",
    "Zoë",
    "日本",
    "👩‍🚀",
    "x" * 200,
)
SALTS = ("button", "0f3a9c", "layer:checkout", "")
SPLITS = (
    ("button", "", (0, 10_000), (("control", 5_000), ("b", 5_000))),
    ("0f3a9c", "", (0, 2_500), (("off", 0), ("on", 10_000))),
    ("0f3a9c", "checkout", (3_000, 7_000), (("control", 3_334), ("b", 3_333), ("c", 3_333))),
)


def vectors() -> dict[str, Any]:
    """Buckets of salts and units; and of splits who takes part, and which variant they get.

    `salt` is the experiment's, `share` the buckets [from, to); who doesn't take part has the
    variant null.
    """
    return {
        "buckets": [
            {"salt": salt, "unit": unit, "bucket": bucket(salt, unit)}
            for salt in SALTS
            for unit in UNITS
        ],
        "splits": [_split(*split) for split in SPLITS],
    }


def _split(
    salt: str, layer: str, share: tuple[int, int], weights: tuple[tuple[str, int], ...]
) -> dict[str, Any]:
    variants = [Variant(*each) for each in weights]
    given = {
        unit: variant_of(salt, variants, unit).key if takes_part(salt, layer, share, unit) else None
        for unit in UNITS
    }
    return {
        "salt": salt,
        "layer": layer,
        "part_salt": part_salt(salt, layer),
        "share": list(share),
        "variants": [{"key": each.key, "weight": each.weight} for each in variants],
        "given": [{"unit": unit, "variant": variant} for unit, variant in given.items()],
    }


if __name__ == "__main__":
    print(json.dumps(vectors(), ensure_ascii=False, indent=1))
