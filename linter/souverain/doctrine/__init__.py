"""Doctrine: legal texts and their numbered clauses, as data."""

from souverain.doctrine.decode import InvalidPolicyError
from souverain.doctrine.load import load_doctrine
from souverain.doctrine.model import Clause, Doctrine, Ending, Text, UnknownClauseError, in_force

__all__ = [
    "Clause",
    "Doctrine",
    "Ending",
    "InvalidPolicyError",
    "Text",
    "UnknownClauseError",
    "in_force",
    "load_doctrine",
]
