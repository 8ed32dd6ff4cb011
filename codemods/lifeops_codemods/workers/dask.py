"""A dask cluster as an executor. `distributed` is imported nowhere else, and only when there is work for it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future
from importlib import import_module
from typing import Any, ParamSpec, TypeVar

from lifeops_codemods.workers.executors import SAME, ExecutorError

P = ParamSpec("P")
T = TypeVar("T")

_PATIENCE = 10.0
"""Seconds until a scheduler has answered, and until a first worker is there."""

_URL = re.compile(r"dask(?P<tls>\+tls)?://(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s/:@\[\]]+):(?P<port>\d{1,5})/?")

_WHERE = re.compile(r"^in <[^>]*>: ")
"""Where in dask a connection failed, which its messages begin with."""


class Dask(Executor):
    """The workers of the scheduler at a URL, `dask://HOST:PORT`; connected to when the first work comes.

    Raises ExecutorError for another URL, and from `submit` where `distributed` is not installed and where there is no
    scheduler or no worker.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._address = address_of(url)
        self._client: Any = None
        self._executor: Any = None

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        if self._executor is None:
            self._connect()
        future: Future[T] = self._executor.submit(_by_name(fn.__module__, fn.__qualname__), *args, **kwargs)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if self._client is not None:
            self._client.close()
            self._client = self._executor = None

    def _connect(self) -> None:
        try:
            distributed = import_module("distributed")
        except ImportError as error:
            raise ExecutorError(
                "the package `distributed` is not installed, without which there is no dask",
                "pip install 'lifeops-migrate[dask]'",
            ) from error
        try:
            self._client = distributed.Client(self._address, timeout=_PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            reason = _WHERE.sub("", str(error.__cause__ or error).partition("\n")[0])
            raise ExecutorError(
                f"there is no scheduler at {self._url}: {reason}",
                "see that `dask scheduler` runs there and can be reached",
            ) from error
        try:
            self._client.wait_for_workers(1, _PATIENCE)
        except TimeoutError as error:
            raise ExecutorError(
                f"the scheduler at {self._url} has no workers", "start some with `dask worker`"
            ) from error
        self._refuse_other_pythons()
        self._executor = self._client.get_executor()

    def _refuse_other_pythons(self) -> None:
        """A function that is sent to another Python ends the worker, and nobody would be told."""
        here = f"{sys.version_info.major}.{sys.version_info.minor}"
        for address, found in self._client.get_versions()["workers"].items():
            there = ".".join(str((found or {}).get("host", {}).get("python", here)).split(".")[:2])
            if there != here:
                raise ExecutorError(f"the worker at {address} runs Python {there}, and this is Python {here}", SAME)


def _by_name(module: str, name: str) -> Callable[..., Any]:
    """A function that finds another one when it is called.

    Being local, it is sent as it is and not by its name: a worker on which the name cannot be found would end, its task
    would wait for ever, and nobody would be told.
    """

    def call(*args: Any, **kwargs: Any) -> Any:
        return getattr(import_module(module), name)(*args, **kwargs)

    return call


def address_of(url: str) -> str:
    """The address of a scheduler as dask writes it. Raises ExecutorError for what is no such URL."""
    found = _URL.fullmatch(url)
    if found is None or not 0 < int(found["port"]) < 1 << 16:
        raise ExecutorError(f"{url!r} names no executor", "write it as dask://HOST:PORT, or dask+tls://HOST:PORT")
    return f"{'tls' if found['tls'] else 'tcp'}://{found['host']}:{found['port']}"
