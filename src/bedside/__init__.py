"""bedside: an offline voice assistant for the bed in the dark."""

__version__ = "0.1.0"
