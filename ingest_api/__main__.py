"""`python -m ingest_api`: serve the API on API_HOST and API_PORT."""

import gc
import os

import uvicorn

from db.sentry import report_failures


def main() -> None:
    """Serve until stopped. There is no access log: it would hold addresses of people."""
    from ingest_api.app import app

    report_failures("api")
    gc.freeze()
    uvicorn.run(
        app,
        host=os.environ.get("API_HOST", "127.0.0.1"),
        port=int(os.environ.get("API_PORT", "8000")),
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=10,
        server_header=False,
    )


if __name__ == "__main__":
    main()
