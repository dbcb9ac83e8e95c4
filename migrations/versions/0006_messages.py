"""Messages: conversations, their members, and what they say

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-28 18:00:00

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
WORD = sa.String(length=64).with_variant(
    mysql.VARCHAR(64, charset="utf8mb4", collation="utf8mb4_bin"), "mysql", "mariadb"
)
TEXT = sa.String(length=2000).with_variant(
    mysql.VARCHAR(2000, charset="utf8mb4", collation="utf8mb4_unicode_ci"), "mysql", "mariadb"
)
INNODB = {"mysql_charset": "utf8mb4", "mysql_engine": "InnoDB"}

# revision identifiers, used by Alembic.
revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('conversations',
    sa.Column('id', ID, nullable=False),
    sa.Column('key', WORD, nullable=False),
    sa.Column('created_at', TIME, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conversations')),
    sa.UniqueConstraint('key', name=op.f('uq_conversations_key')),
    sqlite_autoincrement=True, **INNODB
    )
    op.create_table('conversation_members',
    sa.Column('conversation_id', ID, autoincrement=False, nullable=False),
    sa.Column('user_id', ID, autoincrement=False, nullable=False),
    sa.Column('is_accepted', sa.Boolean(), nullable=False),
    sa.Column('read_seq', sa.BigInteger(), nullable=False),
    sa.Column('cleared_seq', sa.BigInteger(), nullable=False),
    sa.Column('last_seq', sa.BigInteger(), nullable=False),
    sa.Column('rank', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_conversation_members_conversation_id_conversations')),
    sa.PrimaryKeyConstraint('conversation_id', 'user_id', name=op.f('pk_conversation_members')),
    **INNODB
    )
    with op.batch_alter_table('conversation_members', schema=None) as batch_op:
        batch_op.create_index('ix_conversation_members_user_id_is_accepted_rank', ['user_id', 'is_accepted', 'rank'], unique=False)
    op.create_table('messages',
    sa.Column('id', ID, autoincrement=False, nullable=False),
    sa.Column('sender_id', ID, nullable=False),
    sa.Column('client_msg_id', WORD, nullable=False),
    sa.Column('sent_us', sa.BigInteger(), nullable=False),
    sa.Column('text', TEXT, nullable=False),
    sa.Column('media_id', ID, nullable=True),
    sa.Column('post_id', ID, nullable=True),
    sa.Column('is_deleted', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_messages')),
    **INNODB
    )
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.create_index('uq_messages_sender_id_client_msg_id', ['sender_id', 'client_msg_id'], unique=True)
    with op.batch_alter_table('media', schema=None) as batch_op:
        batch_op.add_column(sa.Column('claimed', WORD, nullable=True))


def downgrade():
    raise RuntimeError("Schemas only grow: run the release before on this one, or restore a backup.")
