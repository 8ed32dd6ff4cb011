"""The workers that `--executor` names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lifeops_migrate.failure import Failure

if TYPE_CHECKING:
    from concurrent.futures import Executor


@contextmanager
def executor_at(url: str | None) -> Iterator[Executor | None]:
    """The executor at a URL while there is work for it; None without one. Raises Failure."""
    if url is None:
        yield None
        return
    from lifeops_codemods.workers.dask import Dask
    from lifeops_codemods.workers.executors import ExecutorError

    try:
        with Dask(url) as executor:
            yield executor
    except ExecutorError as error:
        raise Failure(f"--executor: {error}", hints=[error.remedy]) from error
