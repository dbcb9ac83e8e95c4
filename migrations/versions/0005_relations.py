"""Relations: blocks, mutes, and requests to follow private people

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-28 14:40:00

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")

# revision identifiers, used by Alembic.
revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def pairs(table, left, right, *columns):
    """A table of ordered pairs of people, each pair once, to be walked from both sides."""
    op.create_table(table,
    sa.Column('id', ID, nullable=False),
    sa.Column(left, ID, nullable=False),
    sa.Column(right, ID, nullable=False),
    *columns,
    sa.Column('created_at', TIME, nullable=False),
    sa.ForeignKeyConstraint([left], ['users.id'], name=op.f(f'fk_{table}_{left}_users'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint([right], ['users.id'], name=op.f(f'fk_{table}_{right}_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{table}')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.create_index(f'uq_{table}_{left}_{right}', [left, right], unique=True)
        batch_op.create_index(f'ix_{table}_{left}_id', [left, 'id'], unique=False)
        batch_op.create_index(f'ix_{table}_{right}_id', [right, 'id'], unique=False)


def upgrade():
    pairs('blocks', 'blocker_id', 'blocked_id')
    pairs('follow_requests', 'requester_id', 'requested_id')
    pairs(
        'mutes', 'muter_id', 'muted_id',
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ('posts', 'stories', 'chat')),
    )


def downgrade():
    raise RuntimeError("Schemas only grow: run the release before on this one, or restore a backup.")
