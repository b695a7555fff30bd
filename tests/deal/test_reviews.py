"""ClaimReview of decided claims: fields of schema.org, no control row, nothing that is open."""

from datetime import date

import pandas as pd

from research.deal.reviews import claim_reviews

HEADS = ["verdict", "control", "reporter", "source_urls", "paraphrase", "claimant", "made_on"]
DAY = pd.Timestamp("2025-07-23")
ROWS = {
    "a_01": ("broken", "no", "Some Paper", "https://b.org | https://www.somepaper.com/y"),
    "a_02": ("kept", "no", "Some Paper", "https://b.org"),
    "a_03": ("open", "no", "Agency", "https://b.org"),
    "a_04": ("contradicted", "yes", "Agency", "https://b.org"),
    "a_05": ("partly", "no", "Agency", "https://b.org"),
}


def test_a_decided_claim_says_who_made_it_where_and_how_it_was_graded():
    rows = [(*row, f"{key} holds", "Him", DAY) for key, row in ROWS.items()]
    frame = pd.DataFrame(rows, [*ROWS], HEADS)
    reviews = claim_reviews(frame, author="us", as_of=date(2026, 11, 27))
    assert [one["url"] for one in reviews] == ["#claim-a_01", "#claim-a_02", "#claim-a_05"]
    first, said = reviews[0], reviews[0]["itemReviewed"]
    assert (first["@type"], first["claimReviewed"]) == ("ClaimReview", "a_01 holds")
    assert (said["author"]["name"], said["datePublished"]) == ("Him", "2025-07-23")
    grades = [list(one["reviewRating"].values())[1:] for one in reviews]
    assert grades == [[1, 1, 4, "Broken"], [4, 1, 4, "Kept"], [3, 1, 4, "Partly"]]
    # The address of a report holds for all its claims; an agency's is not known.
    homes = [one["itemReviewed"]["appearance"].get("url") for one in reviews]
    assert homes == ["https://www.somepaper.com/y"] * 2 + [None]
