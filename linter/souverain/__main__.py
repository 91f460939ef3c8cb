"""``python -m souverain``."""

from souverain.cli import main

if __name__ == "__main__":
    main()
