"""People talk

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-22 15:58:34.638386

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def key(length):
    """A canonical key: compared byte by byte on every database."""
    binary = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return sa.String(length).with_variant(binary, "mysql", "mariadb")


def line(length):
    """Text that people typed."""
    typed = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_unicode_ci")
    return sa.String(length).with_variant(typed, "mysql", "mariadb")


# revision identifiers, used by Alembic.
revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('notification_contents',
    sa.Column('id', ID, nullable=False),
    sa.Column('event', key(24), nullable=False),
    sa.Column('kind', key(16), nullable=False),
    sa.Column('actor_id', ID, nullable=True),
    sa.Column('subject_kind', key(8), nullable=False),
    sa.Column('subject_id', ID, nullable=False),
    sa.Column('post_id', ID, nullable=True),
    sa.Column('created_at', TIME, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notification_contents')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('notification_contents', schema=None) as batch_op:
        batch_op.create_index('ix_notification_contents_post_id', ['post_id'], unique=False)
        batch_op.create_index('uq_notification_contents_event_kind', ['event', 'kind'], unique=True)

    op.create_table('write_back_journals',
    sa.Column('journal', key(32), nullable=False),
    sa.Column('position', key(42), nullable=False),
    sa.PrimaryKeyConstraint('journal', name=op.f('pk_write_back_journals')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    op.create_table('notifications',
    sa.Column('id', ID, nullable=False),
    sa.Column('recipient_id', ID, nullable=False),
    sa.Column('content_id', ID, nullable=False),
    sa.Column('event', key(44), nullable=False),
    sa.Column('rank', sa.BigInteger(), nullable=False),
    sa.Column('state', key(9), nullable=False),
    sa.Column('seen', sa.Boolean(), nullable=False),
    sa.Column('read', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['recipient_id'], ['users.id'], name=op.f('fk_notifications_recipient_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notifications')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('notifications', schema=None) as batch_op:
        batch_op.create_index('ix_notifications_content_id', ['content_id'], unique=False)
        batch_op.create_index('ix_notifications_recipient_id_state_rank', ['recipient_id', 'state', 'rank'], unique=False)
        batch_op.create_index('ix_notifications_recipient_id_state_read_seen', ['recipient_id', 'state', 'read', 'seen'], unique=False)
        batch_op.create_index('uq_notifications_event_recipient_id', ['event', 'recipient_id'], unique=True)

    op.create_table('comments',
    sa.Column('id', ID, nullable=False),
    sa.Column('post_id', ID, nullable=False),
    sa.Column('parent_id', ID, nullable=True),
    sa.Column('author_id', ID, nullable=False),
    sa.Column('answered_id', ID, nullable=True),
    sa.Column('text', line(2200), nullable=False),
    sa.Column('like_count', sa.Integer(), nullable=False),
    sa.Column('reply_count', sa.Integer(), nullable=False),
    sa.Column('created_at', TIME, nullable=False),
    sa.Column('edited_at', TIME, nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_comments_author_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['parent_id'], ['comments.id'], name=op.f('fk_comments_parent_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_comments_post_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comments')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('comments', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_comments_author_id'), ['author_id'], unique=False)
        batch_op.create_index('ix_comments_parent_id_id', ['parent_id', 'id'], unique=False)
        batch_op.create_index('ix_comments_post_id_parent_id_id', ['post_id', 'parent_id', 'id'], unique=False)

    op.create_table('notification_actors',
    sa.Column('id', ID, nullable=False),
    sa.Column('content_id', ID, nullable=False),
    sa.Column('notification_id', ID, nullable=False),
    sa.Column('actor_id', ID, nullable=False),
    sa.Column('is_withdrawn', sa.Boolean(), nullable=False),
    sa.Column('created_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['users.id'], name=op.f('fk_notification_actors_actor_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['notification_id'], ['notifications.id'], name=op.f('fk_notification_actors_notification_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notification_actors')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('notification_actors', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notification_actors_actor_id'), ['actor_id'], unique=False)
        batch_op.create_index('ix_notification_actors_notification_id_id', ['notification_id', 'id'], unique=False)
        batch_op.create_index('uq_notification_actors_content_id_actor_id', ['content_id', 'actor_id'], unique=True)

    op.create_table('post_likes',
    sa.Column('id', ID, nullable=False),
    sa.Column('post_id', ID, nullable=False),
    sa.Column('user_id', ID, nullable=False),
    sa.Column('created_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_post_likes_post_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_post_likes_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post_likes')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('post_likes', schema=None) as batch_op:
        batch_op.create_index('ix_post_likes_post_id_id', ['post_id', 'id'], unique=False)
        batch_op.create_index('ix_post_likes_user_id_post_id', ['user_id', 'post_id'], unique=False)
        batch_op.create_index('uq_post_likes_post_id_user_id', ['post_id', 'user_id'], unique=True)

    op.create_table('comment_likes',
    sa.Column('id', ID, nullable=False),
    sa.Column('comment_id', ID, nullable=False),
    sa.Column('user_id', ID, nullable=False),
    sa.Column('created_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comments.id'], name=op.f('fk_comment_likes_comment_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_comment_likes_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comment_likes')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('comment_likes', schema=None) as batch_op:
        batch_op.create_index('ix_comment_likes_comment_id_id', ['comment_id', 'id'], unique=False)
        batch_op.create_index('ix_comment_likes_user_id_comment_id', ['user_id', 'comment_id'], unique=False)
        batch_op.create_index('uq_comment_likes_comment_id_user_id', ['comment_id', 'user_id'], unique=True)

    op.create_table('comment_mentions',
    sa.Column('comment_id', ID, nullable=False),
    sa.Column('handle', key(30), nullable=False),
    sa.Column('user_id', ID, nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comments.id'], name=op.f('fk_comment_mentions_comment_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_comment_mentions_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('comment_id', 'handle', name=op.f('pk_comment_mentions')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('comment_mentions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_comment_mentions_user_id'), ['user_id'], unique=False)

    with op.batch_alter_table('idempotency_keys', schema=None) as batch_op:
        batch_op.add_column(sa.Column('made', key(8), nullable=False, server_default='post'))
        batch_op.alter_column('post_id', new_column_name='made_id', existing_type=ID, existing_nullable=False)


def downgrade():
    raise RuntimeError("Schemas only grow: run the release before on this one, or restore a backup.")
