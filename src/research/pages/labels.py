"""The anchors and numbers of one page, each given once."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

#: Anchors that the page itself uses.
RESERVED = ("main", "contents", "key-findings", "parameters", "checks", "provenance")


@dataclass(eq=False, slots=True)
class Labels:
    """What a page has named so far, so that no name comes twice and no link leads nowhere."""

    taken: set[str] = field(default_factory=lambda: set(RESERVED))
    linked: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def anchor(self, words: str) -> str:
        """Make an anchor from words, with a number behind it where the words come again."""
        slug = re.sub(r"[\W_]+", "-", words.casefold()).strip("-") or "section"
        anchor, count = slug, 1
        while anchor in self.taken:
            count += 1
            anchor = f"{slug}-{count}"
        self.taken.add(anchor)
        return anchor

    def numbered(self, kind: str) -> str:
        """Give the next number of a kind, as ``Table 3``."""
        self.counts[kind] += 1
        return f"{kind} {self.counts[kind]}"

    def dangling(self) -> list[str]:
        """List the anchors that a link names and no heading has."""
        return [anchor for anchor in dict.fromkeys(self.linked) if anchor not in self.taken]
