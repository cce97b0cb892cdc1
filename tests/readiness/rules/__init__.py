"""Are an organisation's own rules typed, bounded, and never passed without an answer?"""
