"""The package's version, as in pyproject.toml; records name it."""

VERSION = "0.1.0"
