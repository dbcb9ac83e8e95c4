"""Who follows whom: `follows` changes it, and lists both sides.

`followees` is whom a reader follows as a Redis set, `followers` an author's readers as one blob.
"""
