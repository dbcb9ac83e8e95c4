"""Faults that somebody could make in the product; the battle for messages must find each of them.

Each changes some of the product's modules just after they were imported, in the processes of a site
alone: see `sitecustomize.py` beside it, and `tests/chaos/test_planted_faults.py`.
"""

import time
from functools import wraps

KEY = "uq_messages_sender_id_client_msg_id"
LATER_S = 0.01
"""After the acknowledgement; what waits for others of its kind waits longer."""
FORGOTTEN_S = 5.0
"""What nobody acknowledged by then is rolled back, so that its lock holds up nobody else."""

# -- acknowledge before storing -----------------------------------------------------------------

_open = {}
"""Transactions that are to be committed once the sender was told: by the message's id."""


def store_after_the_acknowledgement(messages_sql):
    """The transaction is there, with the message's number; but its commit comes afterwards."""
    store = messages_sql.SqlMessages

    def append(self, conversation_id, draft):
        _forget_old()
        messages_sql.db.session.rollback()  # as a unit of work does: what it read is old
        sql = messages_sql.db.engine.connect().execution_options(write=True)
        try:
            message = messages_sql._append(sql, conversation_id, draft)
        except messages_sql.IntegrityError:
            sql.close()
            return self.find_sent(draft.sender_id, draft.client_msg_id), False
        except messages_sql.DBAPIError as error:
            sql.close()
            raise messages_sql.Unavailable from error
        except BaseException:
            sql.close()
            raise
        _open[message.id] = sql, time.monotonic()
        return message, True

    store.append = messages_sql.retried(append)


def _forget_old():
    for key, (sql, since) in list(_open.items()):
        if time.monotonic() - since > FORGOTTEN_S and _open.pop(key, None):
            sql.close()


def commit_before_telling(unit_of_work):
    """What follows the acknowledgement begins with the commit; so frames are right."""
    publish_all = unit_of_work.publish_all

    def commit_and_publish(events):
        if any(getattr(event, "message_id", None) in _open for event in events):
            time.sleep(LATER_S)  # meanwhile the acknowledgement leaves
        for event in events:
            sql, _ = _open.pop(getattr(event, "message_id", None), (None, 0))
            if sql is not None:
                unit_of_work.run_guarded(
                    lambda sql=sql, event=event: _commit(sql, event.member_ids)
                )
        unit_of_work.db.session.rollback()
        publish_all(events)

    unit_of_work.publish_all = commit_and_publish


def _commit(sql, member_ids):
    from pigeon.services.messages import unread

    try:
        sql.commit()
    finally:
        sql.close()
    unread.evict(*member_ids)


def trust_the_default(messages_mongo_link):
    """MongoDB says that it has a message before its journal has."""
    from pymongo.write_concern import WriteConcern

    messages_mongo_link.Link.collection.__kwdefaults__["write"] = WriteConcern(w=1)


# -- drop the uniqueness ------------------------------------------------------------------------


def make_no_unique_key(ops):
    """A migration makes the index as a plain one."""
    make = ops.CreateIndexOp.__init__

    @wraps(make)
    def plain(self, index_name, *arguments, **options):
        if index_name == KEY:
            options["unique"] = False
        make(self, index_name, *arguments, **options)

    ops.CreateIndexOp.__init__ = plain


def make_no_unique_key_in_mongo(messages_mongo_link):
    from pymongo import IndexModel

    _, *others = messages_mongo_link.INDEXES["messages"]
    plain = IndexModel([("sender_id", 1), ("client_msg_id", 1)], name="sent")
    messages_mongo_link.INDEXES["messages"] = (plain, *others)


# -- count past the cursor ----------------------------------------------------------------------


def count_the_last_one_read(statements):
    """One too many, where somebody has read up to another's message and not up to the last."""
    unread = statements.unread

    def one_too_many(user_id, cursors):
        return unread(user_id, [(chat, max(0, read - 1), last) for chat, read, last in cursors])

    statements.unread = one_too_many


def read_past_the_last(statements):
    """A cursor that somebody puts beyond the last message stays there."""
    from sqlalchemy import bindparam, update

    members, up_to = statements.MEMBERS, bindparam("up_to")
    statements.READ = (
        update(members).where(statements._MINE, members.c.read_seq < up_to).values(read_seq=up_to)
    )


# -- emit before commit without resync ----------------------------------------------------------


def tell_before_the_commit(messages_sql):
    """Inside the transaction, which sees its own message: everybody is told, then it is stored."""
    append = messages_sql._append

    def append_and_tell(sql, conversation_id, draft):
        from pigeon.domain.events import MessageStored
        from pigeon.services.messages import unread
        from pigeon.unit_of_work import publish_all

        message = append(sql, conversation_id, draft)
        found = messages_sql.SqlMessages().load([conversation_id])[conversation_id]
        unread.evict(*found.member_ids)
        publish_all([MessageStored(message_id=message.id, member_ids=found.member_ids)])
        return message

    messages_sql._append = append_and_tell


def tell_nothing_after_it(sending):
    from pigeon.domain.events import MessageStored

    publish = sending.publish

    def publish_others(event):
        if not isinstance(event, MessageStored):
            publish(event)

    sending.publish = publish_others


def say_no_resync(subscribers):
    def push(frames_of_event, _member_ids):
        for frame in frames_of_event:
            subscribers.push.to_user(frame.event, frame.payload, frame.user_id)

    subscribers._push = push


# -- forget a lease -----------------------------------------------------------------------------


def renew_no_lease(here):
    """Once it has ended all people of the process are gone, until one of them comes or goes."""
    here.Here.renew = lambda _self: None


def look_after_no_process(presence):
    """Nobody notices that a process is gone, and its people with it."""
    presence.sweep = lambda *_arguments: None


def shorten_leases(presence):
    """As if leases were of 12 s, renewed each 4 s; no fault."""
    presence.LEASE_S = 12
    presence.begin.__defaults__ = presence.renew.__defaults__ = (12,)


def renew_often(leases):
    leases.RENEW_S = 4


FAULTS = {
    "lease of 12 s": {
        "pigeon.stores.presence": shorten_leases,
        "pigeon.stores.leases": renew_often,
    },
    "acknowledge before storing": {
        "pigeon.stores.messages_sql": store_after_the_acknowledgement,
        "pigeon.unit_of_work": commit_before_telling,
    },
    "trust MongoDB's default": {"pigeon.stores.messages_mongo_link": trust_the_default},
    "drop the uniqueness": {
        "alembic.operations.ops": make_no_unique_key,
        "pigeon.stores.messages_mongo_link": make_no_unique_key_in_mongo,
    },
    "count past the cursor": {"pigeon.stores.messages_statements": count_the_last_one_read},
    "read past the last message": {"pigeon.stores.messages_statements": read_past_the_last},
    "emit before commit without resync": {
        "pigeon.stores.messages_sql": tell_before_the_commit,
        "pigeon.services.messages.sending": tell_nothing_after_it,
        "pigeon.subscribers.messages": say_no_resync,
    },
    "forget a lease": {"pigeon.realtime.here": renew_no_lease},
    "forget who was killed": {"pigeon.stores.presence": look_after_no_process},
}
