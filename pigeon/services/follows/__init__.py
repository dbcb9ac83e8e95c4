"""Who follows whom: `follows` changes it, and lists both sides; `requests` are for private people.

`edges` is the row between two people that both of them change. `followees` is whom a reader
follows as a Redis set, `followers` an author's readers as one blob.
"""
