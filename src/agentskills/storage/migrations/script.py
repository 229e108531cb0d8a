"""Execute a revision's SQL file as it stands."""

from __future__ import annotations

from pathlib import Path

from alembic import op


def execute_beside(revision_file: str) -> None:
    """Execute the .sql file that has the revision file's name."""
    sql = Path(revision_file).with_suffix(".sql").read_text(encoding="utf-8")
    # Straight to the driver: no bind parameters, no `%` or `:name` to be taken for one.
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(sql.encode())
