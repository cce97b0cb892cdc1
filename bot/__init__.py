"""Tunegate: does this fine-tune have to happen, and is what its proposal says true?"""

__version__ = "0.1.0"
