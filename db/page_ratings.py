"""What colleagues say about the pages of the dashboard: one opinion a person and page."""

from datetime import UTC, datetime

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from db.masking import mask
from db.tables import page_ratings

LONGEST_COMMENT = 1_000


def rate_page(
    conn: Connection, person_id: int, page: str, helpful: bool, comment: str = ""
) -> None:
    """Keep what the person says of a page, in place of what they said before.

    Personal data in the comment is masked; what is longer than LONGEST_COMMENT is cut there.
    """
    said = {
        "helpful": helpful,
        "comment": mask(comment[:LONGEST_COMMENT]).text,
        "said_at": datetime.now(UTC),
    }
    new = insert(page_ratings).values(person_id=person_id, page=page, **said)
    changed = {name: new.excluded[name] for name in said}
    conn.execute(new.on_conflict_do_update(index_elements=["person_id", "page"], set_=changed))
