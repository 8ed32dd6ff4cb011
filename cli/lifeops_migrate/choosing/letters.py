"""The letters that a choice is made with, as git has them."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from lifeops_migrate.messages import say
from lifeops_migrate.question import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifeops_migrate.terminal import Terminal


class Letter(Enum):
    """What the user may say to what is shown."""

    YES = "y"
    NO = "n"
    ALL = "a"
    NONE = "d"
    SPLIT = "s"
    PRINT = "p"
    QUIT = "q"


_HELP = {
    Letter.YES: "make it",
    Letter.NO: "leave it out",
    Letter.ALL: "make it and all later ones{within}",
    Letter.NONE: "leave it and all later ones{within} out",
    Letter.SPLIT: "choose {smaller}",
    Letter.PRINT: "show it again, whole",
    Letter.QUIT: "leave it and everything later out; what is chosen already stays chosen",
}


def letter(terminal: Terminal, text: str, *, within: str, smaller: str, show: Callable[[], None]) -> Letter:
    """Ask until the answer is one of the letters; the end of input is QUIT.

    within: where "all later ones" ends. smaller: what it can be split into, "" if into nothing.
    """
    offered = [one for one in Letter if smaller or one is not Letter.SPLIT]
    listed = ",".join([*(one.value for one in offered), "?"])
    while True:
        typed = ask(terminal, f"{text} [{listed}]")
        if typed is None:
            return Letter.QUIT
        found = next((one for one in Letter if one.value == typed.lower()[:1]), None)
        if found is Letter.PRINT:
            show()
        elif found in offered and found is not None:
            return found
        elif found is Letter.SPLIT:
            say(terminal, "Sorry, this cannot be split: it is one edit.")
        else:
            for one in offered:
                say(terminal, f"{one.value} - {_HELP[one].format(within=within, smaller=smaller)}")
            say(terminal, "? - print help")
