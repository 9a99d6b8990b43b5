"""Advisory locks that several parts of the house take."""

from sqlalchemy import Connection, func, select

ERASING_LOCK = 7_003  # shared by what writes about people, alone for what forgets one
INVITING_LOCK = 7_006  # with the hash of an actor: one invitation of a person at a time
LAYER_LOCK = 7_007  # with a project: one experiment at a time takes its slice of a layer
PUBLISHING_LOCK = 7_009  # shared by what feeds the sums that wait, alone for what closes blocks
TICKETS_LOCK = 7_014  # with a project: one report of tickets at a time
SUBSCRIPTIONS_LOCK = 7_015  # with a project: one report of subscriptions at a time
LEARNING_LOCK = 7_011  # of what gives ids to combinations of dimensions: seen in their order
REVENUE_LOCK = 7_010  # with a project: one worker at a time adds to its sums of revenue
LONGEST_WAIT = "2s"  # of who is in the middle of a request; an erasure or a rebuild may take longer


def wait_at_most(conn: Connection, time: str) -> None:
    """Let this transaction wait for no lock longer than a time as Postgres writes it: "2s"."""
    conn.execute(select(func.set_config("lock_timeout", time, True)))


def hold_off_erasing(conn: Connection) -> None:
    """Have nobody erased until this transaction ends, which waits for no lock for long.

    Raises OperationalError where somebody is being erased for longer than LONGEST_WAIT.
    """
    wait_at_most(conn, LONGEST_WAIT)
    conn.execute(select(func.pg_advisory_xact_lock_shared(ERASING_LOCK)))
