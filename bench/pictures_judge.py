"""Judges every kind of picture file in a browser, and HEIC by its library; prints JSON."""

from __future__ import annotations

import json

from tests.harness import browser, judged
from tests.stores import kinds


def main() -> None:
    with browser.chromium() as chromium:
        page = chromium.new_page()
        found = list(judged.verdicts(page, kinds.kinds(), kinds.with_ends()))
        found += judged.verdicts_of_heic(kinds.HEIC)
        print(json.dumps([chromium.version, [verdict._asdict() for verdict in found]]))


if __name__ == "__main__":
    main()
