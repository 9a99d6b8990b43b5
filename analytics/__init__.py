"""Questions and answers: functions of (conn, viewer, filters, ...) that return plain data."""
