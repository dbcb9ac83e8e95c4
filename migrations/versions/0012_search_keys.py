"""Search keys: under which beginnings people are found

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-29 13:00:00

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def key(length):
    return sa.String(length=length).with_variant(mysql.VARCHAR(charset='utf8mb4', collation='utf8mb4_bin', length=length), 'mysql', 'mariadb')


# revision identifiers, used by Alembic.
revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('search_keys',
    sa.Column('place', key(1), nullable=False),
    sa.Column('key', key(40), nullable=False),
    sa.Column('user_id', ID, autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_search_keys_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('place', 'key', 'user_id', name=op.f('pk_search_keys')),
    sqlite_with_rowid=False, mysql_charset='utf8mb4', mysql_engine='InnoDB'
    )
    with op.batch_alter_table('search_keys', schema=None) as batch_op:
        batch_op.create_index('ix_search_keys_user_id_key', ['user_id', 'key'], unique=False)
    # A default that is no expression: with one SQLite would copy the table.
    op.add_column('users', sa.Column('keyed_as', key(100), server_default='', nullable=False))


def downgrade():
    raise RuntimeError("Schemas only grow: run the release before on this one, or restore a backup.")
