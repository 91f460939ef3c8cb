"""Loaded by Checkov; without this file it would skip the directory without a word."""
