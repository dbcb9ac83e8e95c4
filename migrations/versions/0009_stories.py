"""Stories: what is shown for a day, who saw it, who reacted

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-29 04:00:00

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
INNODB = {"mysql_charset": "utf8mb4", "mysql_engine": "InnoDB"}


def key(length):
    return sa.String(length=length).with_variant(mysql.VARCHAR(charset='utf8mb4', collation='utf8mb4_bin', length=length), 'mysql', 'mariadb')


def line(length):
    return sa.String(length=length).with_variant(mysql.VARCHAR(charset='utf8mb4', collation='utf8mb4_unicode_ci', length=length), 'mysql', 'mariadb')


# revision identifiers, used by Alembic.
revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('stories',
    sa.Column('id', ID, nullable=False),
    sa.Column('author_id', ID, nullable=False),
    sa.Column('media_id', ID, nullable=True),
    sa.Column('state', key(10), nullable=False),
    sa.Column('turn', sa.BigInteger(), nullable=False),
    sa.Column('text', line(250), nullable=False),
    sa.Column('alt', line(1000), nullable=False),
    sa.Column('x', sa.Double(), nullable=False),
    sa.Column('y', sa.Double(), nullable=False),
    sa.Column('size', key(1), nullable=False),
    sa.Column('color', key(7), nullable=False),
    sa.Column('background', key(7), nullable=True),
    sa.Column('view_count', sa.Integer(), nullable=False),
    sa.Column('created_at', TIME, nullable=False),
    sa.Column('published_at', TIME, nullable=True),
    sa.Column('expires_at', TIME, nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_stories_author_id_users'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['media_id'], ['media.id'], name=op.f('fk_stories_media_id_media'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stories')),
    sa.UniqueConstraint('media_id', name=op.f('uq_stories_media_id')),
    sqlite_autoincrement=True, **INNODB
    )
    with op.batch_alter_table('stories', schema=None) as batch_op:
        batch_op.create_index('ix_stories_author_id_state_expires_at', ['author_id', 'state', 'expires_at'], unique=False)
        batch_op.create_index('ix_stories_expires_at', ['expires_at'], unique=False)
    op.create_table('story_views',
    sa.Column('id', ID, nullable=False),
    sa.Column('story_id', ID, nullable=False),
    sa.Column('user_id', ID, nullable=False),
    sa.Column('created_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['story_id'], ['stories.id'], name=op.f('fk_story_views_story_id_stories'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_story_views_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_story_views')),
    sqlite_autoincrement=True, **INNODB
    )
    with op.batch_alter_table('story_views', schema=None) as batch_op:
        batch_op.create_index('uq_story_views_story_id_user_id', ['story_id', 'user_id'], unique=True)
        batch_op.create_index('ix_story_views_story_id_id', ['story_id', 'id'], unique=False)
        batch_op.create_index('ix_story_views_user_id_story_id', ['user_id', 'story_id'], unique=False)
    op.create_table('story_reactions',
    sa.Column('message_id', ID, autoincrement=False, nullable=False),
    sa.Column('story_id', ID, nullable=False),
    sa.Column('user_id', ID, nullable=False),
    sa.Column('emoji', key(8), nullable=False),
    sa.ForeignKeyConstraint(['story_id'], ['stories.id'], name=op.f('fk_story_reactions_story_id_stories'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_story_reactions_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('message_id', name=op.f('pk_story_reactions')),
    **INNODB
    )
    with op.batch_alter_table('story_reactions', schema=None) as batch_op:
        batch_op.create_index('ix_story_reactions_story_id_user_id', ['story_id', 'user_id', 'message_id'], unique=False)
    op.add_column('messages', sa.Column('story_id', ID, nullable=True))
    # A default that is no expression: with one SQLite would copy the table.
    op.add_column('messages', sa.Column('is_reaction', sa.Boolean(), server_default='0', nullable=False))


def downgrade():
    raise RuntimeError("Schemas only grow: run the release before on this one, or restore a backup.")
