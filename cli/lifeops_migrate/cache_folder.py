"""Where the facts are kept between two commands."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Caching(Protocol):
    """The options that say so."""

    @property
    def no_cache(self) -> bool: ...
    @property
    def cache_dir(self) -> Path | None: ...


def cache_folder(options: Caching) -> Path | None:
    """The folder that was named, else the user's own on this platform; None without a cache."""
    if options.no_cache:
        return None
    if options.cache_dir is not None:
        return options.cache_dir
    import platformdirs

    return platformdirs.user_cache_path("lifeops-migrate", appauthor=False)
