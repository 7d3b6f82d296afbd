"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
"""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None
phase = "expand"
readable_from = ${repr(down_revision)}


def upgrade() -> None:
    """Apply, in one transaction."""
    ${upgrades if upgrades else ""}
    op.execute(f"INSERT INTO schema_history VALUES ('{revision}', '{readable_from}')")


def downgrade() -> None:
    """Go back."""
    op.execute(f"DELETE FROM schema_history WHERE revision = '{revision}'")
    ${downgrades if downgrades else ""}
