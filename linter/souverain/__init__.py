"""Says before deployment who runs each resource, where, under whose law, and with what data."""

__version__ = "0.1.0"
