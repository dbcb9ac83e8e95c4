"""Begin

Revision ID: 0001
Revises: 
Create Date: 2026-11-22 13:24:44.068445

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
DOCUMENT = sa.Text().with_variant(mysql.LONGTEXT(charset="utf8mb4"), "mysql", "mariadb")


def key(length):
    """A canonical key: compared byte by byte on every database."""
    binary = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return sa.String(length).with_variant(binary, "mysql", "mariadb")


def line(length):
    """Text that people typed."""
    typed = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_unicode_ci")
    return sa.String(length).with_variant(typed, "mysql", "mariadb")


# revision identifiers, used by Alembic.
revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('held_usernames',
    sa.Column('username', key(30), nullable=False),
    sa.Column('held_until', TIME, nullable=False),
    sa.PrimaryKeyConstraint('username', name=op.f('pk_held_usernames')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    op.create_table('invites',
    sa.Column('id', ID, nullable=False),
    sa.Column('token_hash', key(64), nullable=False),
    sa.Column('uses_left', sa.Integer(), nullable=False),
    sa.Column('expires_at', TIME, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invites')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_invites_token_hash')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    op.create_table('outbox',
    sa.Column('id', ID, nullable=False),
    sa.Column('queue', key(20), nullable=False),
    sa.Column('job', key(60), nullable=False),
    sa.Column('arguments', DOCUMENT, nullable=False),
    sa.Column('progress', line(255), nullable=False),
    sa.Column('state', key(10), nullable=False),
    sa.Column('claimed_by', key(80), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('available_at', TIME, nullable=False),
    sa.Column('enqueued_at', TIME, nullable=True),
    sa.Column('created_at', TIME, nullable=False),
    sa.Column('last_error', line(500), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_state_available_at', ['state', 'available_at'], unique=False)

    op.create_table('security_events',
    sa.Column('id', ID, nullable=False),
    sa.Column('user_id', ID, nullable=True),
    sa.Column('kind', key(30), nullable=False),
    sa.Column('address', key(45), nullable=False),
    sa.Column('user_agent', line(200), nullable=False),
    sa.Column('request_id', key(32), nullable=False),
    sa.Column('created_at', TIME, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_security_events')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('security_events', schema=None) as batch_op:
        batch_op.create_index('ix_security_events_user_id_id', ['user_id', 'id'], unique=False)

    op.create_table('users',
    sa.Column('id', ID, nullable=False),
    sa.Column('username', key(30), nullable=False),
    sa.Column('email', line(254), nullable=False),
    sa.Column('email_key', key(254), nullable=False),
    sa.Column('pending_email', line(254), nullable=True),
    sa.Column('password_hash', key(200), nullable=True),
    sa.Column('auth_version', sa.Integer(), nullable=False),
    sa.Column('role', key(10), nullable=False),
    sa.Column('state', key(10), nullable=False),
    sa.Column('display_name', line(50), nullable=False),
    sa.Column('name_jamo', key(255), nullable=False),
    sa.Column('name_initials', key(60), nullable=False),
    sa.Column('bio', line(150), nullable=False),
    sa.Column('pronouns', line(30), nullable=False),
    sa.Column('link', line(200), nullable=True),
    sa.Column('avatar', key(32), nullable=True),
    sa.Column('is_private', sa.Boolean(), nullable=False),
    sa.Column('language', key(2), nullable=False),
    sa.Column('theme', key(6), nullable=False),
    sa.Column('time_zone', key(40), nullable=False),
    sa.Column('chosen_status', key(10), nullable=False),
    sa.Column('is_discoverable', sa.Boolean(), nullable=False),
    sa.Column('shows_activity', sa.Boolean(), nullable=False),
    sa.Column('sends_receipts', sa.Boolean(), nullable=False),
    sa.Column('saves_searches', sa.Boolean(), nullable=False),
    sa.Column('messages_from', key(10), nullable=False),
    sa.Column('notify', line(400), nullable=False),
    sa.Column('post_count', sa.Integer(), nullable=False),
    sa.Column('follower_count', sa.Integer(), nullable=False),
    sa.Column('following_count', sa.Integer(), nullable=False),
    sa.Column('followers_version', sa.Integer(), nullable=False),
    sa.Column('is_celebrity', sa.Boolean(), nullable=False),
    sa.Column('created_at', TIME, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('email_key', name=op.f('uq_users_email_key')),
    sa.UniqueConstraint('username', name=op.f('uq_users_username')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.create_index('ix_users_name_initials', ['name_initials'], unique=False)
        batch_op.create_index('ix_users_name_jamo', ['name_jamo'], unique=False)

    op.create_table('follows',
    sa.Column('id', ID, nullable=False),
    sa.Column('follower_id', ID, nullable=False),
    sa.Column('followee_id', ID, nullable=False),
    sa.Column('bell', sa.Boolean(), nullable=False),
    sa.Column('created_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['followee_id'], ['users.id'], name=op.f('fk_follows_followee_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['follower_id'], ['users.id'], name=op.f('fk_follows_follower_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follows')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('follows', schema=None) as batch_op:
        batch_op.create_index('ix_follows_followee_id_id', ['followee_id', 'id'], unique=False)
        batch_op.create_index('ix_follows_follower_id_id', ['follower_id', 'id'], unique=False)
        batch_op.create_index('uq_follows_follower_id_followee_id', ['follower_id', 'followee_id'], unique=True)

    op.create_table('idempotency_keys',
    sa.Column('user_id', ID, nullable=False),
    sa.Column('key', key(64), nullable=False),
    sa.Column('fingerprint', key(64), nullable=False),
    sa.Column('post_id', ID, nullable=False),
    sa.Column('created_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_idempotency_keys_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'key', name=op.f('pk_idempotency_keys')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('idempotency_keys', schema=None) as batch_op:
        batch_op.create_index('ix_idempotency_keys_created_at', ['created_at'], unique=False)

    op.create_table('identities',
    sa.Column('id', ID, nullable=False),
    sa.Column('user_id', ID, nullable=False),
    sa.Column('issuer', key(200), nullable=False),
    sa.Column('subject', key(255), nullable=False),
    sa.Column('created_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_identities_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identities')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('identities', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_identities_user_id'), ['user_id'], unique=False)
        batch_op.create_index('uq_identities_issuer_subject', ['issuer', 'subject'], unique=True)

    op.create_table('mailed_tokens',
    sa.Column('id', ID, nullable=False),
    sa.Column('kind', key(10), nullable=False),
    sa.Column('token_hash', key(64), nullable=False),
    sa.Column('email_key', key(254), nullable=False),
    sa.Column('user_id', ID, nullable=True),
    sa.Column('payload', DOCUMENT, nullable=False),
    sa.Column('expires_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_mailed_tokens_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mailed_tokens')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_mailed_tokens_token_hash')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('mailed_tokens', schema=None) as batch_op:
        batch_op.create_index('ix_mailed_tokens_kind_email_key', ['kind', 'email_key'], unique=False)

    op.create_table('posts',
    sa.Column('id', ID, nullable=False),
    sa.Column('author_id', ID, nullable=False),
    sa.Column('state', key(10), nullable=False),
    sa.Column('caption', line(2200), nullable=False),
    sa.Column('comments_open', sa.Boolean(), nullable=False),
    sa.Column('like_count', sa.Integer(), nullable=False),
    sa.Column('comment_count', sa.Integer(), nullable=False),
    sa.Column('created_at', TIME, nullable=False),
    sa.Column('edited_at', TIME, nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_posts_author_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posts')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('posts', schema=None) as batch_op:
        batch_op.create_index('ix_posts_author_id_state', ['author_id', 'state'], unique=False)

    op.create_table('sessions',
    sa.Column('id', ID, nullable=False),
    sa.Column('user_id', ID, nullable=False),
    sa.Column('kind', key(6), nullable=False),
    sa.Column('token_hash', key(64), nullable=False),
    sa.Column('user_agent', line(200), nullable=False),
    sa.Column('address', key(45), nullable=False),
    sa.Column('created_at', TIME, nullable=False),
    sa.Column('authenticated_at', TIME, nullable=False),
    sa.Column('expires_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_sessions_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sessions')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sessions_token_hash')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sessions_user_id'), ['user_id'], unique=False)

    op.create_table('suggestion_dismissals',
    sa.Column('user_id', ID, nullable=False),
    sa.Column('dismissed_id', ID, nullable=False),
    sa.ForeignKeyConstraint(['dismissed_id'], ['users.id'], name=op.f('fk_suggestion_dismissals_dismissed_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_suggestion_dismissals_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'dismissed_id', name=op.f('pk_suggestion_dismissals')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    op.create_table('media',
    sa.Column('id', ID, nullable=False),
    sa.Column('owner_id', ID, nullable=False),
    sa.Column('post_id', ID, nullable=True),
    sa.Column('kind', key(6), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('state', key(10), nullable=False),
    sa.Column('name', key(32), nullable=False),
    sa.Column('incoming', key(64), nullable=False),
    sa.Column('crop', key(60), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('alt', line(1000), nullable=False),
    sa.Column('color', key(7), nullable=True),
    sa.Column('variants', DOCUMENT, nullable=False),
    sa.Column('error', key(20), nullable=True),
    sa.Column('created_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_media_owner_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_media_post_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_media')),
    sa.UniqueConstraint('name', name=op.f('uq_media_name')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('media', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_media_owner_id'), ['owner_id'], unique=False)
        batch_op.create_index('ix_media_post_id_position', ['post_id', 'position'], unique=False)

    op.create_table('mentions',
    sa.Column('post_id', ID, nullable=False),
    sa.Column('handle', key(30), nullable=False),
    sa.Column('user_id', ID, nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_mentions_post_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_mentions_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('post_id', 'handle', name=op.f('pk_mentions')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('mentions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mentions_user_id'), ['user_id'], unique=False)

    op.create_table('post_tags',
    sa.Column('post_id', ID, nullable=False),
    sa.Column('tag', key(50), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('publication_id', ID, nullable=True),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_post_tags_post_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('post_id', 'tag', name=op.f('pk_post_tags')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('post_tags', schema=None) as batch_op:
        batch_op.create_index('ix_post_tags_tag_publication_id', ['tag', 'publication_id'], unique=False)

    op.create_table('publications',
    sa.Column('id', ID, nullable=False),
    sa.Column('post_id', ID, nullable=False),
    sa.Column('author_id', ID, nullable=False),
    sa.Column('delivery', key(4), nullable=False),
    sa.Column('published_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_publications_author_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_publications_post_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_publications')),
    sa.UniqueConstraint('post_id', name=op.f('uq_publications_post_id')),
    mysql_charset='utf8mb4',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('publications', schema=None) as batch_op:
        batch_op.create_index('ix_publications_author_id_id', ['author_id', 'id'], unique=False)
        batch_op.create_index('ix_publications_delivery_id', ['delivery', 'id'], unique=False)


def downgrade():
    raise RuntimeError("Schemas only grow: run the release before on this one, or restore a backup.")
