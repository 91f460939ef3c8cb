"""Text to syntax tree with spans. ``parse`` is the only entry; back ends stay inside."""
