"""Kinds of generated pages. See ``docs/generate.py``."""
