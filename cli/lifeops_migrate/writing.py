"""What a run writes once it may: the files, checked by the user's command, committed rule by rule."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from lifeops_migrate.failure import Failure
from lifeops_migrate.messages import complain
from lifeops_migrate.result import Result, plural
from lifeops_migrate.verifying import comparison, run_check
from lifeops_migrate.visible import visible

if TYPE_CHECKING:
    from lifeops_codemods.apply.commits import Committed, Wish
    from lifeops_codemods.apply.taking_back import TakenBack
    from lifeops_codemods.config import Settings
    from lifeops_migrate.options import RunOptions
    from lifeops_migrate.terminal import Terminal

_AUTHOR = re.compile(r"[^<>\n]+ <[^<>\n]*>")


def written(terminal: Terminal, options: RunOptions, settings: Settings, result: Result) -> Result:
    """The result with what became of it: a run and commits, or the reasons against them. Raises Failure."""
    from lifeops_codemods.apply import ApplyError, Refused
    from lifeops_codemods.apply.taking_back import Stuck

    if not result.shown.files:
        return result
    wish = _wish(options, settings)
    try:
        if options.verify is not None:
            return _verified(terminal, options, wish, result)
        return _committed(terminal, wish, result) if wish else _applied(options, result)
    except Refused as refused:
        return replace(result, refusals=refused.reasons)
    except ApplyError as error:
        return replace(result, refusals=(f"{error}. Everything was put back.",))
    except Stuck as stuck:
        raise Failure(str(stuck), hints=["nothing is half-written: all files are as the run left them"]) from stuck


def _applied(options: RunOptions, result: Result) -> Result:
    from lifeops_codemods.apply import apply

    return replace(result, run=apply(result.migration, allow_dirty=options.allow_dirty).id)


def _verified(terminal: Terminal, options: RunOptions, wish: Wish | None, result: Result) -> Result:
    """Apply it between two runs of the command; all of it is put back if the second fails or is interrupted."""
    from lifeops_codemods.apply.commits import check_committable
    from lifeops_codemods.apply.taking_back import take_back
    from lifeops_codemods.apply.writing import check

    assert options.verify is not None
    if wish:
        check_committable(result.migration, wish)
    else:
        check(result.migration, allow_dirty=options.allow_dirty)
    before = run_check(terminal, options.verify, "before the change")
    applied = _applied(options, result)
    root = result.migration.root
    try:
        after = run_check(terminal, options.verify, "after the change")
    except BaseException:
        _tell(terminal, take_back(root, applied.run))
        raise
    if after.good and not wish:
        return applied
    _tell(terminal, take_back(root, applied.run))
    if not after.good:
        ending = "Everything was put back."
        return replace(result, refusals=("\n".join(comparison(before, after)),), ending=ending, verify_failed=True)
    assert wish
    return _committed(terminal, wish, result)


def _committed(terminal: Terminal, wish: Wish, result: Result) -> Result:
    from lifeops_codemods.apply.commits import commit_rules

    done = commit_rules(result.migration, wish)
    _tell(terminal, done.back)
    if not done.failed:
        return replace(result, run=done.commits[-1].run, commits=done.commits)
    reason = f"{done.failed}: is not committed, and its files are as before:\n{done.why}"
    return replace(result, refusals=(reason,), commits=done.commits, ending=_ending(done))


def _ending(done: Committed) -> str:
    left = f" Not tried: {', '.join(done.left)}." if done.left else ""
    if not done.commits:
        return f"Nothing was committed, and no file is changed.{left}"
    made = ", ".join(f"{commit.rule} ({commit.id[:12]})" for commit in done.commits)
    return f"{plural(len(done.commits), 'rule')} committed: {made}.{left}"


def _tell(terminal: Terminal, back: TakenBack) -> None:
    """That files had been changed by the command or the hook, and where what they were is kept."""
    for path in back.changed:
        complain(terminal, "warning", f"{path}: was changed meanwhile, and is put back all the same")
    if back.saved:
        complain(terminal, "hint", f"what they were is kept in {back.saved}")


def _harmless(message: str) -> str:
    """With nothing of the target's code that would act on the screen of whoever reads the log."""
    return "\n".join(visible(line) for line in message.split("\n"))


def _wish(options: RunOptions, settings: Settings) -> Wish | None:
    """How to commit, if that is wanted."""
    if not options.commit:
        return None
    from lifeops_codemods.apply.commit_message import DEFAULT, WORDS, message_of, unknown_words
    from lifeops_codemods.apply.commits import Wish

    template = settings.commit_message or DEFAULT
    if unknown := unknown_words(template):
        known = ", ".join(f"{{{word}}}" for word in WORDS)
        raise Failure(f"commit-message: {{{unknown[0]}}} stands for nothing; known are {known}")
    if settings.commit_author and not _AUTHOR.fullmatch(settings.commit_author):
        raise Failure("commit-author: is not of the form `Name <address>`")
    return Wish(
        message=lambda part: _harmless(message_of(part, template)),
        author=settings.commit_author,
        branch=options.branch,
        verify=not options.no_verify,
    )
