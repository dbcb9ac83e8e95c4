"""Saves: posts that people keep for themselves

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-29 09:00:00

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
INNODB = {"mysql_charset": "utf8mb4", "mysql_engine": "InnoDB"}


# revision identifiers, used by Alembic.
revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('post_saves',
    sa.Column('id', ID, nullable=False),
    sa.Column('user_id', ID, nullable=False),
    sa.Column('post_id', ID, nullable=False),
    sa.Column('created_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_post_saves_user_id_users'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_post_saves_post_id_posts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post_saves')),
    sqlite_autoincrement=True, **INNODB
    )
    with op.batch_alter_table('post_saves', schema=None) as batch_op:
        batch_op.create_index('uq_post_saves_user_id_post_id', ['user_id', 'post_id'], unique=True)
        batch_op.create_index('ix_post_saves_user_id_id', ['user_id', 'id'], unique=False)
        batch_op.create_index('ix_post_saves_post_id', ['post_id'], unique=False)


def downgrade():
    raise RuntimeError("Schemas only grow: run the release before on this one, or restore a backup.")
