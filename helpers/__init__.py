"""What the notebooks import: small, readable, and holding no grading secret."""
