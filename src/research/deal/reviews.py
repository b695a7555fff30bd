"""Verdicts as ClaimReview, the form in which search engines read them."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

#: Grade of a verdict, from 1, contradicted, to 4, supported; others are not decided.
GRADES = {
    **dict.fromkeys(("contradicted", "broken"), 1), **dict.fromkeys(("unproven", "stalled"), 2),
    **dict.fromkeys(("partly", "in part"), 3), **dict.fromkeys(("supported", "kept"), 4),
}  # fmt: skip


def claim_reviews(frame: pd.DataFrame, *, author: str, as_of: date) -> list[dict[str, Any]]:
    """Write the decided claims of a scorecard as ClaimReview; control rows are left out.

    ``frame`` is that of `research.deal.scorecard.score`, ``author`` who judged. A claim appeared
    at the first address whose host is named like its reporter, where one is known.
    Source: https://schema.org/ClaimReview.
    """
    homes: dict[str, str] = {}
    for who, urls in zip(frame["reporter"], frame["source_urls"], strict=True):
        name = "".join(who.casefold().split())
        own = [one for one in urls.split(" | ") if name in (urlsplit(one).hostname or "")]
        homes[who] = homes.get(who) or next(iter(own), "")
    reviews = []
    for row in frame[(frame["control"] == "no") & frame["verdict"].isin(GRADES)].itertuples():
        appearance = {"@type": "CreativeWork", "publisher": {"name": row.reporter}}
        if homes[row.reporter]:
            appearance["url"] = homes[row.reporter]
        day = row.made_on.date().isoformat()
        reviews.append({
            "@context": "https://schema.org", "@type": "ClaimReview",
            "url": f"#claim-{row.Index}", "datePublished": as_of.isoformat(),
            "author": {"@type": "Organization", "name": author},
            "claimReviewed": row.paraphrase,
            "itemReviewed": {
                "@type": "Claim", "author": {"name": row.claimant}, "datePublished": day,
                "appearance": appearance,
            },
            "reviewRating": {
                "@type": "Rating", "ratingValue": GRADES[row.verdict], "worstRating": 1,
                "bestRating": 4, "alternateName": row.verdict.capitalize(),
            },
        })  # fmt: skip
    return reviews
