"""Doctrine, catalogue, rules and texts as data. Read through ``souverain.policystore``."""
