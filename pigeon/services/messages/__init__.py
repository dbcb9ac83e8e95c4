"""Conversations and messages between people; `stores/messages` says where they are kept.

`sending` stores what somebody says, `reading` shows it to one reader, as `hydration` puts it
together. `conversations` lists and changes conversations, `cursors` moves what is read, `unread`
counts what is not, `typing` tells that somebody writes, `terms` says who may. `people` says whom a
conversation is with, `partners` to whom one can write, `pictures` what a picture of a message means
to it. `frames` is what the devices of both sides are told, `leaving` what somebody leaves behind.
`moving` brings all of it from SQL to MongoDB.
"""
