"""Werkzeug 3.1.9: a form with empty parts, cut into two pieces at every place.

Expected: its parser reads the same parts wherever a piece ends, and its test client writes what
browsers write. Seen: the parser does, for what browsers write. The test client leaves out the blank
line of an empty part (`MultipartEncoder.send_event`), and of that the parser loses a part or raises
when a piece ends inside. So a test with empty parts holds only as long as its form is one piece.
Source: werkzeug/sansio/multipart.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from werkzeug.sansio.multipart import Epilogue, File, MultipartDecoder, NeedData

PARTS = 3
HEAD = (
    b'--frontier\r\nContent-Disposition: form-data; name="images[]"; filename=""\r\n'
    b"Content-Type: application/octet-stream\r\n"
)
END = b"--frontier--\r\n"
OF_A_BROWSER = (HEAD + b"\r\n\r\n") * PARTS + END
OF_THE_TEST_CLIENT = (b"\r\n" + HEAD) * PARTS + b"\r\n" + END


def parts_of(*pieces: bytes) -> int | None:
    """How many parts are read; None where the parser gives up."""
    decoder = MultipartDecoder(b"frontier")
    found = 0
    try:
        for piece in (*pieces, None):
            decoder.receive_data(piece)
            while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
                found += isinstance(event, File)
    except ValueError:
        return None
    return found


def cut(body: bytes) -> Iterator[int | None]:
    for at in range(1, len(body)):
        yield parts_of(body[:at], body[at:])


def test_what_browsers_write_is_read_whole_wherever_a_piece_ends() -> None:
    assert set(cut(OF_A_BROWSER)) == {PARTS}


def test_what_the_test_client_writes_is_read_whole_in_one_piece_only() -> None:
    assert parts_of(OF_THE_TEST_CLIENT) == PARTS
    assert set(cut(OF_THE_TEST_CLIENT)) != {PARTS}
