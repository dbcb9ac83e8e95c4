"""Unicode 14 (Python 3.11) and later: two clusters of keyboards decompose into old initials.

Expected: the letters that a keyboard makes of two finals (ㄳ ㄵ ㄶ ㄺ … ㅀ ㅄ) all decompose into
final consonants (U+11A8…). Seen: ㅀ (U+3140) and ㅄ (U+3144) decompose into initials that no
modern syllable has, U+111A and U+1121 (UnicodeData.txt, field 5; the stability policy keeps it).
What only knows modern jamo loses exactly these two; `pigeon/domain/hangul.py` names them.
"""

from __future__ import annotations

import unicodedata

CLUSTERS = "ㄳㄵㄶㄺㄻㄼㄽㄾㄿㅀㅄ"


def test_two_clusters_are_no_finals() -> None:
    found = {one: ord(unicodedata.normalize("NFKD", one)) for one in CLUSTERS}
    odd = {one: code for one, code in found.items() if code < 0x11A8}
    assert odd == {"ㅀ": 0x111A, "ㅄ": 0x1121}
