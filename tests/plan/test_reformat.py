"""Statements that operations change, in projects with a formatter: ruff's own says how they must look."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lifeops_codemods.operation import (
    AppendCall,
    AppendItem,
    InsertBefore,
    Operation,
    ReplaceStatement,
    SetArgument,
    Span,
)
from lifeops_codemods.plan.document import Document
from lifeops_codemods.plan.style import Style

from .formatting import SHAPES, formatted
from .making import at, between, made, run
from .oracle import expressions

QUERIES = """
def load(session, name, team):
    statement = select(User).where(User.email_lower == email.lower(), User.tenant_id == tenant)
    statement = select(User).where(User.email_lower == email.lower())
    statement = statement.order_by(User.name.desc().nulls_last(), User.id).limit(limit).offset(offset)
    users = session.scalars(select(User).where(User.is_active)).unique().all()
    return session.query(User).filter(User.name == name).filter(User.team_id == team.id).first()
---
async def load(session, name, team):
    users = (await session.scalars(select(User).where(User.is_active))).unique().all()
    user = (await session.execute(select(User).where(User.id == user_id))).scalar_one_or_none()
    result = await session.execute(select(User, Team).join(Team, Team.id == User.team_id).where(Team.name == name))
    found = await session.get(User, user_id)
    async for user in await session.stream_scalars(select(User).order_by(User.id)):
        yield user.name
    for user in (await session.scalars(select(User).where(User.team_id == team.id))).all():
        await session.refresh(user)
    if (user := await session.scalar(select(User).where(User.name == name))) is None:
        raise NotFound(f"there is no {name}")
    return {user.id: user for user in await session.scalars(select(User).where(User.id.in_(ids)))}
---
class Users(Repository[User]):
    query = select(User)
    by_name = select(User).where(User.name == bindparam("name")).execution_options(populate_existing=True)
    options = [selectinload(User.team), selectinload(User.posts).selectinload(Post.comments)]

    async def page(self, number: int, size: int = 20) -> Page[User]:
        return await paginate(self.session, select(User).order_by(User.created_at.desc()), Params(number, size))

    def everybody(self):
        rows = self.session.execute(select(User.id, User.name, func.count(Post.id)).join(Post).group_by(User.id)).all()
        assert rows, "there must be somebody"
        return [UserOut.model_validate(row, from_attributes=True) for row in rows if row.name != "nobody"]
---
@router.get("/users", response_model=list[UserOut])
async def users(session: Session = Depends(get_session), team: int | None = None):
    statement = (
        select(User)
        .join(User.team)
        .where(User.team_id == team if team is not None else true(), User.deleted_at.is_(None))
    )
    total = await session.scalar(select(func.count()).select_from(statement.subquery()))
    return await session.scalars(
        statement,
        # only one page
        execution_options={"yield_per": 100},
    )
""".strip().split("\n---\n")

FORMATTED = [re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE) for text in (*QUERIES, *SHAPES)]
"""Without comments on lines of their own, which a statement keeps its lines for."""

CALLS = (
    "options(selectinload(User.tenant))",
    "all()",
    "options(joinedload(User.team, innerjoin=True), raiseload(User.posts))",
)
ITEMS = ("selectinload(User.team)", "x", "User.posts.and_(Post.is_published, Post.author_id == User.id)")
VALUES = ("True", "[selectinload(User.tenant), selectinload(User.team)]", "first + second")


def drawn(rng: random.Random, text: str) -> Iterator[Operation]:
    """Yield operations on calls and lists of a text, none within another's."""
    taken: list[Span] = []
    targets = [target for target in expressions(Document(text)) if type(target.nodes[0]).__name__ in ("Call", "List")]
    for target in rng.sample(targets, len(targets)):
        span = target.span
        if rng.random() < 0.5 or any(one.start < span.end and span.start < one.end for one in taken):
            continue
        taken.append(span)
        expected = text[span.start : span.end]
        if type(target.nodes[0]).__name__ == "List":
            yield AppendItem(span=span, expected=expected, code=rng.choice(ITEMS))
            continue
        match rng.randrange(3):
            case 0:
                yield SetArgument(span=span, expected=expected, name="added", value=rng.choice(VALUES))
            case 1:
                yield AppendItem(span=span, expected=expected, code=rng.choice(ITEMS))
            case _:
                yield AppendCall(span=span, expected=expected, call=rng.choice(CALLS))


@pytest.mark.parametrize("width", [*range(40, 100, 6), 120])
def test_formatted_statements_stay_formatted(tmp_path: Path, width: int) -> None:
    style = Style(line_length=width, formatter="ruff")
    before = formatted(tmp_path / "before", FORMATTED, width)
    after: list[str] = []
    for seed in range(2):
        rng = random.Random(f"{width} {seed}")
        after += [run(text, *drawn(rng, text), style=style).text for text in before]
    assert sum(one != two for one, two in zip(after, before * 2, strict=True)) > len(after) * 0.6
    assert after == formatted(tmp_path / "after", after, width)


RUFF = Style(line_length=60, formatter="ruff")
PLAIN = Style(line_length=60)


def loaded(text: str, first: str, last: str, style: Style) -> str:
    return made(text, between(AppendCall, text, first, last, call="options(selectinload(User.tenant))"), style=style)


def test_a_chain_is_broken_though_no_line_is_too_long() -> None:
    text = "statement = select(User).where(\n    User.mail == email.lower(), User.tenant_id == tenant\n)\n"
    assert loaded(text, "select", "\n)", RUFF) == (
        "statement = (\n"
        "    select(User)\n"
        "    .where(\n"
        "        User.mail == email.lower(), User.tenant_id == tenant\n"
        "    )\n"
        "    .options(selectinload(User.tenant))\n"
        ")\n"
    )
    assert loaded(text, "select", "\n)", PLAIN) == text.rstrip() + ".options(selectinload(User.tenant))\n"


def test_only_the_smallest_part_with_lines_of_its_own_is_laid_out() -> None:
    text = (
        "x = f(a,  b)\n"
        "found = {\n"
        "    'one':   1,\n"
        "    'users': session.scalars(select(User).where(User.id == 1)),\n"
        "}\n"
        "y = f(a,\n      b)\n"
    )
    new = text.replace(
        "session.scalars(select(User).where(User.id == 1)),\n",
        "session.scalars(\n"
        "        select(User)\n"
        "        .where(User.id == 1)\n"
        "        .options(selectinload(User.tenant))\n"
        "    ),\n",
    )
    assert loaded(text, "select", "== 1)", Style(line_length=64, formatter="ruff")) == new


def test_brackets_stay_whole_where_there_is_room_behind_what_is_broken() -> None:
    """Here ruff goes another way than black."""
    text = "counter += Member.count_all(\n    session, disabled=False\n) + Member.count_all(other_session)\n"
    assert loaded(text, "Member.count_all(other", ")", Style(line_length=40, formatter="ruff")) == (
        "counter += Member.count_all(\n    session, disabled=False\n) + Member.count_all(\n    other_session\n"
        ").options(selectinload(User.tenant))\n"
    )


def test_black_puts_a_condition_among_arguments_into_brackets() -> None:
    text = "query = query.where(x if team is not None else true(), User.deleted_at)\n"
    assert loaded(text, "true(", ")", Style(line_length=71, formatter="black")) == (
        "query = query.where(\n    (\n        x\n        if team is not None\n"
        "        else true().options(selectinload(User.tenant))\n    ),\n    User.deleted_at,\n)\n"
    )
    alone = "value = somewhere(first_one if team is not None else true())\n"
    assert loaded(alone, "true(", ")", Style(line_length=62, formatter="black")) == (
        "value = somewhere(\n    first_one\n    if team is not None\n"
        "    else true().options(selectinload(User.tenant))\n)\n"
    )


@pytest.mark.parametrize("kind", [InsertBefore, ReplaceStatement])
def test_a_new_statement_is_laid_out(kind: type[InsertBefore | ReplaceStatement]) -> None:
    text = "def f():\n    x = f(a,  b)\n"
    code = "users = session.query(User).filter(User.is_active).one_or_none()"
    after = made(text, at(kind, text, "x = f(a,  b)", code=code), style=RUFF)
    assert after == (
        "def f():\n    users = (\n        session.query(User)\n"
        "        .filter(User.is_active)\n        .one_or_none()\n    )\n"
        + "    x = f(a,  b)\n"
        * (kind is InsertBefore)
    )


def test_a_new_item_is_laid_out_among_others() -> None:
    text = "options = [\n    selectinload(User.team),\n]\n"
    code = "selectinload(User.posts).options(joinedload(Post.author))"
    operation = between(AppendItem, text, "[", "\n]", code=code)
    assert made(text, operation, style=RUFF) == (
        "options = [\n    selectinload(User.team),\n"
        "    selectinload(User.posts).options(\n        joinedload(Post.author)\n    ),\n]\n"
    )


def test_lines_that_a_person_chose_stay_but_for_those_that_became_too_long() -> None:
    text = "query = query.filter(User.name == name,\n                     User.team == team)\nquery.all()\n"
    for style in (RUFF, PLAIN):
        assert loaded(text, "query.filter", "team)", style) == (
            "query = query.filter(User.name == name,\n"
            "                     User.team == team).options(\n"
            "                         selectinload(User.tenant)\n"
            "                     )\n"
            "query.all()\n"
        )


BROKEN = {
    "a comment on a line of its own": (
        "users = (\n    # who is here\n    session.scalars(select(User).where(User.is_active)).all()\n)\n",
        "users = (\n    # who is here\n    session.scalars(\n        select(User)\n        .where(User.is_active)\n"
        "        .options(selectinload(User.tenant))\n    ).all()\n)\n",
    ),
    "several contexts": (
        "with a, session.scalars(select(User).where(User.is_active)):\n    pass\n",
        "with a, session.scalars(\n    select(User)\n    .where(User.is_active)\n"
        "    .options(selectinload(User.tenant))\n):\n    pass\n",
    ),
    "a subject": (
        "match session.scalars(select(User).where(User.is_active)):\n    case 1:\n        pass\n",
        "match session.scalars(\n    select(User)\n    .where(User.is_active)\n"
        "    .options(selectinload(User.tenant))\n):\n    case 1:\n        pass\n",
    ),
    "no formatter": (
        "x = f(session.scalars(select(User).where(User.is_active)))\n",
        "x = f(\n    session.scalars(\n        select(User)\n        .where(User.is_active)\n"
        "        .options(selectinload(User.tenant))\n    )\n)\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), BROKEN.values(), ids=BROKEN)
def test_a_line_is_broken_by_itself_where_no_more_is_known(before: str, after: str) -> None:
    style = PLAIN if before.startswith("x") else RUFF
    assert loaded(before, "select", "is_active)", style) == after


LEFT = {
    "a comment that speaks to a tool about its line": "x = f(select(User).where(User.is_active))  # type: ignore\n",
    "a block on the same line": "if x: f(select(User).where(User.is_active))\n",
    "a backslash": "x = f(select(User).where(User.is_active)) + \\\n    1\n",
    "a string of several lines": "x = f('''\n''', select(User).where(User.is_active), '''\n''')\n",
}


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT)
def test_what_is_not_known_is_left(text: str) -> None:
    plain = text.replace("is_active)", "is_active).options(selectinload(User.tenant))")
    assert loaded(text, "select", "is_active)", RUFF) == plain


def test_where_the_formatter_is_off_only_long_lines_are_broken() -> None:
    text = "# fmt: off\nm = [1,2]\n# fmt: on\nx = f(\n    a\n)\ny = g(a, b, c)\n"
    operation = between(SetArgument, text, "g(", ")", name="the_name", value="a_value_of_some_length")
    second = between(AppendItem, text, "f(", "\n)", code="b")
    assert made(text, operation, second, style=RUFF) == text.replace("    a\n", "    a, b\n").replace(
        "g(a, b, c)", "g(a, b, c, the_name=a_value_of_some_length)"
    )


def test_line_endings_and_indents_are_the_files_own() -> None:
    text = "def f():\r\n\treturn select(User).where(User.is_active == yes)\r\n"
    lines = ["def f():", "\treturn (", "\t\tselect(User)", "\t\t.where(User.is_active == yes)"]
    lines += ["\t\t.options(selectinload(User.tenant))", "\t)", ""]
    assert loaded(text, "select", "yes)", RUFF) == "\r\n".join(lines)
