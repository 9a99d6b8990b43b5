"""The test vectors are what the recipe gives, in Python, in plain arithmetic and in JavaScript."""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from analytics.experiments.vectors import vectors

DOCS = Path(__file__).parents[3] / "docs"
KEPT = json.loads((DOCS / "assignment-vectors.json").read_text())
NODE = shutil.which("node")
SCRIPT = """
const vectors = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const buckets = vectors.buckets.map((each) => ({ ...each, bucket: bucket(each.salt, each.unit) }));
const splits = vectors.splits.map((split) => ({
  ...split, given: split.given.map(({ unit }) => ({ unit, variant: assign(split, unit) })),
}));
console.log(JSON.stringify({ buckets, splits }));
"""


def test_the_file_is_what_is_printed():
    assert vectors() == KEPT


def test_they_follow_from_the_recipe_alone():
    def bucket(salt, unit):
        return int(hashlib.sha256(f"{salt}/{unit}".encode()).hexdigest()[:8], 16) * 10_000 >> 32

    assert [each["bucket"] for each in KEPT["buckets"]] == [
        bucket(each["salt"], each["unit"]) for each in KEPT["buckets"]
    ]
    for split in KEPT["splits"]:
        laid = [each["key"] for each in split["variants"] for _ in range(each["weight"])]
        for each in split["given"]:
            inside = bucket(split["part_salt"], each["unit"]) in range(*split["share"])
            variant = laid[bucket(f"{split['salt']}:variant", each["unit"])]
            assert each["variant"] == (variant if inside else None)


def test_they_hold_some_of_everything():
    given = {each["variant"] for split in KEPT["splits"] for each in split["given"]}
    assert given == {"control", "b", "c", "on", None}


@pytest.mark.skipif(NODE is None, reason="there is no node")
def test_the_snippet_of_the_documentation_gives_the_same():
    (snippet,) = re.findall(r"^```js\n(.*?)^```$", (DOCS / "flags.md").read_text(), re.M | re.S)
    vectors = json.dumps(KEPT)
    done = subprocess.run(
        [NODE, "-e", snippet + SCRIPT], input=vectors, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == KEPT
