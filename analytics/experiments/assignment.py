"""Which variant somebody gets: a hash of their id, so that no row has to be kept to repeat it.

A hash is cut into 10,000 buckets. It is SHA-256 of the UTF-8 text "salt/unit"; its first four bytes
are a big-endian number below 2**32; times 10,000, divided by 2**32, rounded down. Any language has
these steps. Two salts are used: one says who takes part (those of a layer share it, so that each
person is in one slice of it), the other which variant they get: else the first people to take part
would all have the same one.
"""

import hashlib
from collections.abc import Sequence

from db.experiments.kept import Variant
from db.tables import BUCKETS

DIGITS = 2**32  # values of the four bytes that are used


def bucket(salt: str, unit: str) -> int:
    """The bucket of a unit, 0 to 9,999: uniform over units, and independent between salts."""
    digest = hashlib.sha256(f"{salt}/{unit}".encode()).digest()
    return int.from_bytes(digest[:4], "big") * BUCKETS // DIGITS


def part_salt(salt: str, layer: str) -> str:
    """The salt that says who takes part: the layer's, or the experiment's own without one."""
    return f"layer:{layer}" if layer else f"{salt}:part"


def takes_part(salt: str, layer: str, share: tuple[int, int], unit: str) -> bool:
    """Whether a unit is in the buckets [start, end) of a layer or of the experiment itself."""
    start, end = share
    return start <= bucket(part_salt(salt, layer), unit) < end


def variant_of(salt: str, variants: Sequence[Variant], unit: str) -> Variant:
    """The variant in whose part of the buckets a unit is; weights are laid end to end, in order.

    Raises ValueError where the weights don't sum to 10,000.
    """
    place, end = bucket(f"{salt}:variant", unit), 0
    for variant in variants:
        end += variant.weight
        if place < end:
            return variant
    raise ValueError(f"The weights sum to {end}, not to {BUCKETS}.")
