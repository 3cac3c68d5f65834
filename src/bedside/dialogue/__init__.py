"""The conversation: meaning in, what happens next out. Knows no sound and no clock of its own."""
