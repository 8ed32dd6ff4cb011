"""No bare `except:`: it catches what was never meant for it.

Source: the LifeOps standard, review checklist: "No bare `except:` clauses".

## Why

`except:` catches `KeyboardInterrupt`, `SystemExit` and `GeneratorExit` as well, and in a coroutine
`asyncio.CancelledError`: a task that swallows its cancellation cannot be stopped, a request that was dropped works on.

## Example

    while True:
        try:
            await consume()
        except:
            logger.exception("consumer died")

## Use instead

    while True:
        try:
            await consume()
        except Exception:
            logger.exception("consumer died")

## What it changes

`except:` becomes `except Exception:`. Where each way through the handler ends in a bare `raise`, it swallows nothing,
and keeps its reach: `except BaseException:`.

The edit is safe where the handler re-raises, or where nothing but an `Exception` can arrive: the body of the `try` is
no more than operators and well-known calls that neither wait nor end the program. Otherwise it is unsafe: a
cancellation, an interrupt or an exit that was swallowed now goes on.

## What it leaves alone

Every `except` that says what it catches, `except BaseException:` included.

## When it refuses

Where the handler shows that the reach is meant, or that less reach breaks it: it hands the exception on
(`sys.exc_info()` for a future or another thread), it ends a forked process (`os._exit`), it names `SystemExit` or the
like, it stands after `except Exception`, it re-raises on some ways only and cleans up. And where the file has another
`Exception` of its own.

## Clauses

edit-exception, keep-reach, safe-reraise, safe-closed-body, unsafe-otherwise, name-cancellation; leave-classes;
law-prove, law-bytes, law-comments, law-suppression
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lifeops_codemods.operation import SetExceptHead, Span
from lifeops_codemods.project import Project
from lifeops_codemods.project.exceptions.heads import head_of
from lifeops_codemods.project.exceptions.reach import Bare, Problem, bare_clauses
from lifeops_codemods.project.trees import span_of
from lifeops_codemods.rule import Category, Edit, Effect, Finding, NoOptions, Reason, Rule, Severity

NAME = "bare-except"
_LOOKS_BARE = re.compile(r"\bexcept(?:\s|\\)*:")

_REASONS = {
    Problem.AFTER_EXCEPTION: (
        "it stands after `except Exception`, so it is there for what is no Exception: cancellation, interrupts, exits",
        "let them pass: remove the clause, or end it with `raise`",
    ),
    Problem.AFTER_BASE_EXCEPTION: (
        "it stands after `except BaseException` and never runs",
        "remove the clause",
    ),
    Problem.HANDED_ON: (
        "it hands the exception on (sys.exc_info()), and whoever waits for it would get none",
        "write `except BaseException:` if that is meant, else `except Exception:`",
    ),
    Problem.LEAVES_PROCESS: (
        "it ends the process at once (_exit), whatever arrives",
        "write `except BaseException:` if that is meant, else `except Exception:`",
    ),
    Problem.NAMES_EXITS: (
        "it tells interrupts, exits or cancellation apart by itself",
        "catch those by name in a clause of their own, and `Exception` in this one",
    ),
    Problem.SOMETIMES: (
        "it re-raises on some ways and cleans up, which would not happen any more for a cancellation or an exit",
        "let every way end in `raise` under `except BaseException:`, or write `except Exception:`",
    ),
    Problem.SHADOWED: (
        "the name of the class to catch means something else in this file",
        "catch it as `builtins.Exception`",
    ),
}


def check(project: Project, options: NoOptions) -> Iterator[Edit | Finding]:
    """Give every bare clause a class, or say why not."""
    for path in project.mentioning(["except"]):
        if _LOOKS_BARE.search(project.text(path)) and project.parses(path):
            for bare in bare_clauses(project, path):
                yield _finding(project, bare, bare.problem) if bare.problem else _edit(project, bare)


def _edit(project: Project, bare: Bare) -> Edit:
    span = Span(*head_of(project, bare.path, bare.handler))
    safe = bare.reraises or bare.closed
    return Edit(
        rule=NAME,
        path=bare.path,
        operation=SetExceptHead(
            span=span,
            expected=project.text(bare.path)[span.start : span.end],
            code="except BaseException" if bare.reraises else "except Exception",
        ),
        message=_message(bare),
        unit=f"{NAME}:{bare.path}:{span.start}",
        effect=Effect.SAFE if safe else Effect.UNSAFE,
        why=tuple(_why(project, bare, span)),
        clients_see="" if safe else _seen(bare),
    )


def _message(bare: Bare) -> str:
    if bare.reraises:
        return "say that everything is caught: except BaseException"
    if bare.cancelled:
        return "the bare except swallows the cancellation of this coroutine: catch Exception"
    if bare.closes:
        return "the bare except swallows the end of this generator: catch Exception"
    return "catch Exception, not interrupts and exits"


def _why(project: Project, bare: Bare, span: Span) -> Iterator[Reason]:
    if bare.reraises:
        yield Reason(bare.path, Span(*span_of(project, bare.path, bare.handler.body[-1])), "the handler re-raises")
    elif bare.closed:
        yield Reason(bare.path, span, "nothing that the body does can be cancelled, interrupted or exit")
    elif bare.cancelled:
        yield Reason(bare.path, span, "the body awaits: asyncio.CancelledError arrives here and goes no further")
    elif bare.closes:
        yield Reason(bare.path, span, "the body yields: GeneratorExit arrives here and goes no further")
    else:
        yield Reason(bare.path, span, "the body calls what may exit or be interrupted")


def _seen(bare: Bare) -> str:
    if bare.cancelled:
        return "a cancelled task or dropped request ends here instead of going on"
    if bare.closes:
        return "a generator that is closed ends here instead of going on"
    return "an interrupt (Ctrl-C) or sys.exit() ends the program here instead of being swallowed"


def _finding(project: Project, bare: Bare, problem: Problem) -> Finding:
    reason, fix = _REASONS[problem]
    return Finding(
        rule=NAME,
        path=bare.path,
        span=Span(*head_of(project, bare.path, bare.handler)),
        message="a bare except swallows the cancellation of this coroutine" if bare.cancelled else "a bare except",
        reason=reason,
        fix=fix,
    )


RULE = Rule(
    name=NAME,
    category=Category.ERRORS,
    effect=Effect.UNSAFE,
    severity=Severity.WARNING,
    summary="No bare except: it swallows cancellation, interrupts and exits",
    documentation=__doc__,
    check=check,
)
