"""The other tools, each in an environment of its own, from a lock file with exact versions and hashes."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from checks.places import REPO

LOCKS = REPO / "benchmarks" / "peers"
MADE = REPO / "build" / "bench"
PEERS = ("libcst", "rope", "bowler", "ast-grep-cli", "ruff", "fixit", "codemodder", "bump-pydantic")
"""As the package index calls them."""
WITHOUT_WHEEL = "volatile ; python_version < '0'"
"""Bowler's own tests alone need it, and it is published as source alone: here only wheels are installed."""
OPTIONS = (
    *("--quiet", "--no-config", "--upgrade", "--python-version", "3.11", "--no-build", "--generate-hashes"),
    *("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
)


def version(peer: str) -> str:
    """The version that is pinned."""
    lines = (LOCKS / f"{peer}.lock").read_text().splitlines()
    return next(line.split("==")[1].split()[0] for line in lines if line.startswith(f"{peer}=="))


def program(peer: str, name: str) -> str:
    """The path of a program in the peer's environment, which is made where it is missing or older than its lock."""
    folder = MADE / peer
    lock = LOCKS / f"{peer}.lock"
    digest = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    ready = folder / ".ready"
    if not ready.exists() or ready.read_text() != digest:
        print(f"installing {peer} {version(peer)}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        pinned = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(lock)]
        command = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", *pinned]
        subprocess.run(command, stderr=subprocess.DEVNULL, check=True)
        ready.write_text(digest)
    return str(folder / "bin" / name)


def lock() -> None:
    """Pin the newest version of each that is to be had as wheels, with all that it needs."""
    for peer in PEERS:
        override = LOCKS / "without.txt"
        override.write_text(WITHOUT_WHEEL)
        target = ["--override", str(override), "--output-file", str(LOCKS / f"{peer}.lock"), "-"]
        command = [str(Path(sys.executable).with_name("uv")), "pip", "compile", *OPTIONS, *target]
        try:
            subprocess.run(command, input=peer, text=True, check=True, stdout=subprocess.DEVNULL)
        finally:
            override.unlink()
