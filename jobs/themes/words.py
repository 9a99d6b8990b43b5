"""The words of a text, in order, and the stems by which they are compared."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sqlalchemy import ARRAY, Connection, Text, cast, column, func, select

MASK = re.compile(r"\[\w+\]")  # what stands in place of an address or a number
WORD_OR_BREAK = re.compile(r"([^\W\d_]\w*(?:['\u2019][^\W\d_]+)?)|[\d.,;:!?()\n]+")
# Words of opinion and of asking: they tell the kind of a comment, not what it is about.
GENERAL = frozenset(Path(__file__).with_name("general_words.txt").read_text().split())

Words = Sequence[str]
Stems = Mapping[str, str]


def words_of(text: str) -> list[str]:
    """The words of a text in lower case; "" where punctuation or a number ends a phrase."""
    return WORD_OR_BREAK.findall(MASK.sub(".", text.lower()))


def stems_of(conn: Connection, vocabulary: Iterable[str]) -> dict[str, str]:
    """Word to stem by Postgres' English stemmer (Porter 2); stop and general words have none."""
    bases = {word: re.split("['\u2019]", word)[0] for word in vocabulary if word}
    stems = _stems(conn, set(bases.values()) | GENERAL)
    general = {stems.get(word) for word in GENERAL} | {None}
    return {word: stems[base] for word, base in bases.items() if stems.get(base) not in general}


def _stems(conn: Connection, words: Iterable[str]) -> dict[str, str]:
    """An empty array, which stands for a stop word, has no first element."""
    word = column("word", Text)
    listed = func.unnest(cast(sorted(words), ARRAY(Text))).table_valued(word)
    given = listed.render_derived("given")
    vector = func.to_tsvector("english", given.c.word)
    lexemes = func.tsvector_to_array(vector, type_=ARRAY(Text))
    found = conn.execute(select(given.c.word, lexemes[1].label("stem")))
    return {row.word: row.stem for row in found if row.stem}
