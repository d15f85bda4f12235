"""What the notebooks import: small, readable, and holding no grading secret."""

__version__ = "0.1.0"
