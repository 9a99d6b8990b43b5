"""Assignment: the same everywhere and always, in the shares that were asked for."""

import hashlib

import pytest
from scipy import stats

from analytics.experiments.assignment import bucket, takes_part, variant_of
from db.experiments.kept import Variant
from db.tables import BUCKETS

HALVES = (Variant("control", 5_000), Variant("b", 5_000))


def test_a_bucket_is_what_the_documented_steps_give():
    for unit in ("u1", "Ünïcode", ""):
        first = hashlib.sha256(f"salt/{unit}".encode()).hexdigest()[:8]
        assert bucket("salt", unit) == int(int(first, 16) / 2**32 * 10_000)


def test_buckets_are_uniform():
    counts = [0] * 20
    for number in range(20_000):
        counts[bucket("s", f"user-{number}") * 20 // BUCKETS] += 1
    assert stats.chisquare(counts).pvalue > 0.001


def test_weights_are_kept():
    three = (Variant("a", 2_000), Variant("b", 3_000), Variant("c", 5_000))
    drawn = [variant_of("s", three, f"user-{number}").key for number in range(20_000)]
    seen = [drawn.count(variant.key) for variant in three]
    assert stats.chisquare(seen, [4_000, 6_000, 10_000]).pvalue > 0.001


def test_the_variant_does_not_depend_on_taking_part():
    units = [f"user-{number}" for number in range(20_000)]
    among = [unit for unit in units if takes_part("s", "", (0, 1_000), unit)]
    assert 0.09 < len(among) / len(units) < 0.11
    first = sum(variant_of("s", HALVES, unit).key == "b" for unit in among)
    assert stats.binomtest(first, len(among)).pvalue > 0.001


def test_slices_of_a_layer_have_nobody_in_common():
    units = [f"user-{number}" for number in range(2_000)]
    one = {unit for unit in units if takes_part("a", "checkout", (0, 4_000), unit)}
    other = {unit for unit in units if takes_part("b", "checkout", (4_000, 9_000), unit)}
    assert one
    assert other
    assert not one & other


def test_weights_that_do_not_sum_are_an_error():
    short = (Variant("a", 0), Variant("b", 0))
    with pytest.raises(ValueError, match="sum to 0"):
        variant_of("s", short, "user-1")
