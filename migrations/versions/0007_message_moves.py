"""Messages: the row that says whether they may be written in SQL

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-28 22:00:00

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String(length=32).with_variant(
    mysql.VARCHAR(32, charset="utf8mb4", collation="utf8mb4_bin"), "mysql", "mariadb"
)

# revision identifiers, used by Alembic.
revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade():
    moves = op.create_table('message_moves',
    sa.Column('id', ID, autoincrement=False, nullable=False),
    sa.Column('state', WORD, nullable=False),
    sa.Column('site', WORD, nullable=False),
    sa.Column('run', WORD, nullable=False),
    sa.Column('holder', WORD, nullable=False),
    sa.Column('until_us', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_moves')),
    mysql_charset='utf8mb4', mysql_engine='InnoDB'
    )
    op.bulk_insert(moves, [
        {'id': 1, 'state': 'open', 'site': '', 'run': '', 'holder': '', 'until_us': 0}
    ])


def downgrade():
    raise RuntimeError("Schemas only grow: run the release before on this one, or restore a backup.")
