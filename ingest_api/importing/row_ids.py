"""Ids of rows that have none, so that importing a file again adds nothing."""

from hashlib import blake2b
from uuid import UUID, uuid5

import orjson

from ingest_api.importing.rows import Row

FILTER_BITS = 27
SHIFTS = (0, 27, 80, 101)  # where a UUID of version 5 has random bits
MASK = (1 << FILTER_BITS) - 1


class RowIds:
    """The id of a row is that of its whole content, and of how many equal rows came before it.

    Content is hashed in a name space of the project's secret: the rest of an event is readable in
    the database, so from a plain hash of the row its user id could be found by trying. Equal rows
    are counted exactly; that a row is new is seen in a Bloom filter of 16 MB, in place of a set
    that grows with the file. Where the filter errs (one row in a million, of a million) an id is
    still the same each time that the file is read.
    """

    def __init__(self, secret: bytes, columns: frozenset[str] | None = None) -> None:
        """With `columns`, only those make up the content."""
        self._space = UUID(bytes=blake2b(key=secret, digest_size=16, person=b"import").digest())
        self._columns = columns
        self._filter = bytearray(1 << (FILTER_BITS - 3))
        self._repeated: dict[UUID, int] = {}

    def of(self, row: Row) -> UUID:
        """The id of the next row; raises TypeError when its content is no JSON."""
        content = row
        if self._columns is not None:
            content = {name: value for name, value in row.items() if name in self._columns}
        packed = orjson.dumps(content, default=str, option=orjson.OPT_SORT_KEYS)
        first = uuid5(self._space, packed.decode())
        if not self._seen(first):
            return first
        self._repeated[first] = ordinal = self._repeated.get(first, 0) + 1
        return uuid5(first, str(ordinal))

    def _seen(self, row_id: UUID) -> bool:
        """Whether it came before, from now on true."""
        bits, seen = row_id.int, True
        for shift in SHIFTS:
            place = bits >> shift & MASK
            byte, bit = place >> 3, 1 << (place & 7)
            if not self._filter[byte] & bit:
                self._filter[byte] |= bit
                seen = False
        return seen
