"""Pages: self-contained HTML from executed notebooks, and the index that leads to them."""
