"""ClaimReview of decided claims: fields of schema.org, no control row, nothing that is open."""

from __future__ import annotations

from datetime import date

import pandas as pd

from research.deal.reviews import claim_reviews

ROWS = {
    "a_01": ("broken", "no", "Some Paper", "https://b.org/x | https://www.somepaper.com/y"),
    "a_02": ("kept", "no", "Some Paper", "https://b.org/z"),
    "a_03": ("open", "no", "Agency", "https://b.org"),
    "a_04": ("contradicted", "yes", "Agency", "https://b.org"),
    "a_05": ("partly", "no", "Agency", "https://b.org"),
}


def test_a_decided_claim_says_who_made_it_where_and_how_it_was_graded():
    frame = pd.DataFrame(
        [(*row, f"{key} holds", "Him", pd.Timestamp("2025-07-23")) for key, row in ROWS.items()],
        index=[*ROWS],
        columns=[
            *("verdict", "control", "reporter", "source_urls", "paraphrase", "claimant"),
            "made_on",
        ],
    )
    reviews = claim_reviews(frame, author="us", as_of=date(2026, 11, 27))
    first, second, third = reviews
    assert [one["url"] for one in reviews] == ["#claim-a_01", "#claim-a_02", "#claim-a_05"]
    assert first == {
        "@context": "https://schema.org", "@type": "ClaimReview", "url": "#claim-a_01",
        "datePublished": "2026-11-27", "author": {"@type": "Organization", "name": "us"},
        "claimReviewed": "a_01 holds",
        "itemReviewed": {
            "@type": "Claim", "author": {"name": "Him"}, "datePublished": "2025-07-23",
            "appearance": {"@type": "CreativeWork", "publisher": {"name": "Some Paper"},
                           "url": "https://www.somepaper.com/y"},
        },
        "reviewRating": {"@type": "Rating", "ratingValue": 1, "worstRating": 1, "bestRating": 4,
                         "alternateName": "Broken"},
    }  # fmt: skip
    # The other claim of the same report appeared there too; where an agency's did is not known.
    assert second["itemReviewed"]["appearance"]["url"] == "https://www.somepaper.com/y"
    assert second["reviewRating"]["ratingValue"] == 4
    assert third["itemReviewed"]["appearance"].get("url") is None
