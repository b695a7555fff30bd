"""What each lesson simulates, and its questions."""
