"""Stories: pictures and words that are shown for 24 hours, to the second, and leave nothing.

`stories` reads and creates them, `changes` deletes and retries, `cards` keeps those of an author
ready for every viewer. `showing` is the queue of an author, by which they are shown in their order,
and `pictures` is what the kind `story` of media asks. `tray` says who has some, and which of them a
reader has seen. `ending` takes away what is over; readers do not rely on it. `clock` is that of the
database, and `drift` says when ours is another.
"""
