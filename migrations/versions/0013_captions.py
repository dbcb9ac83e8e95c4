"""Captions: the pieces of their words, by which they are found

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-29 13:00:00

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INNODB = {"mysql_charset": "utf8mb4", "mysql_engine": "InnoDB"}


def key(length):
    return sa.String(length=length).with_variant(mysql.VARCHAR(charset='utf8mb4', collation='utf8mb4_bin', length=length), 'mysql', 'mariadb')


# revision identifiers, used by Alembic.
revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('caption_pieces',
    sa.Column('publication_id', ID, nullable=False),
    sa.Column('piece', key(3), nullable=False),
    sa.ForeignKeyConstraint(['publication_id'], ['publications.id'], name=op.f('fk_caption_pieces_publication_id_publications'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('publication_id', 'piece', name=op.f('pk_caption_pieces')),
    sqlite_with_rowid=False, **INNODB
    )
    with op.batch_alter_table('caption_pieces', schema=None) as batch_op:
        batch_op.create_index('ix_caption_pieces_piece_publication_id', ['piece', 'publication_id'], unique=False)


def downgrade():
    raise RuntimeError("Schemas only grow: run the release before on this one, or restore a backup.")
