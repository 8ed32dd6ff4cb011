"""Lines that a longer name made too long: ruff's own formatter says how they must look."""

from __future__ import annotations

import ast
import importlib.util
import io
import re
import subprocess
import sys
import time
import tokenize
from collections.abc import Iterable
from pathlib import Path

import pytest

from lifeops_codemods.operation import ReplaceName, Span
from lifeops_codemods.plan.comments import comments
from lifeops_codemods.plan.document import Document
from lifeops_codemods.plan.style import Formatter, Style

from .making import made, run

OLD, NEW = "Member", "MemberModelDB"
WIDTHS = range(40, 100, 3)

SHAPES = """
query = query.join(Member, Member.id == Project.user_id).where(Member.user == maintainer)
---
member = Rule(id=1, name="dummy", user=Member(name="dummy"), tracking_rule=tr, rules=[])
---
class Repository(BaseRepository[Member], UUIDMixin[Member]):
    model = Member
---
class Repository(Generic[M, Member], metaclass=Meta, table=True):
    async def get_by_token(self, token: str) -> Member | None:
        statement = select(Member).where(Member.token == token)
        return await self.get_one_or_none(statement)

    async def list(self, *, limit: int = 10, members: list[Member] = ()) -> Sequence[Member]: ...

    def find(self, member: "Member", flag: Optional[bool] = None, *args: Any, **kwargs: Any) -> None:
        return (await self.session.execute(select(Member).where(Member.id == self.id))).scalars().all()
---
class Workspace(Base):
    members: Mapped[list["Member"]] = relationship("Member", back_populates="user", lazy="selectin")
    scores: Mapped[Dict[str, List["Member"]]] = relationship(back_populates="workspace")
    owner_id: Mapped[int] = mapped_column(ForeignKey("members.id"), default=Member.default_owner)
---
def test():
    channel = database.query(Member).filter(Member.id == 1).first()
    assert database.query(Member).filter(Member.id == 1).count() == 1
    assert isinstance(member, Member), f"expected a member and got {member!r}"
    assert {member.id for member in found if isinstance(member, Member)} == {1, 2, 3}
---
def test():
    with session.get(Member, 1, options=[selectinload(Member.team)]) as member:
        raise HTTPException(status_code=404, detail=f"There is no {Member.__name__} of that name")
    for member in session.scalars(select(Member).order_by(Member.name, Member.id)):
        yield member
    for number, member in enumerate(session.scalars(select(Member).order_by(Member.id))):
        members[number] = Member.from_orm(member, include={"name": True, "team": {"id"}})
---
def test():
    if isinstance(found, Member) and found.team_id == team.id and not found.disabled:
        return Member.name == name and (Member.team == team or Member.team.is_(None))
    elif not isinstance(found, Member) or found.first_name + found.last_name == name:
        return [member.name for member in members if isinstance(member, Member) and member.name]
    while Member.count(session) > limit or Member.count(session, active=True) > other_limit:
        del cache[Member.key_of_the_members(1)]
---
def test():
    members.update({Member.id: 1, "owner": Member.owner, Member: Member.describe(verbose=True)})
    members = {"first": Member(name="first", team=None), "second": Member(name="second")}
    members = [Member(name="first"), Member(name="second"), *Member.everybody()]
    first, second = Member(name="first"), Member(name="second", team=team)
    total = Member.first_score + Member.second_score * Member.factor - Member.penalty
    value = Member.score if Member.score is not None else Member.default_score
---
@router.get("/members/{member_id}", response_model=Page[Member], tags=["members"])
@decorated
async def read(member_id: int, session: Session = Depends(get_session)) -> Member:
    member = await session.scalar(select(Member).where(Member.id == member_id))
    return {"member": Member.model_validate(member), "team": member.team, "more": 1}
---
async def read():
    rows = (
        session.query(Member)
        .join(Member.team)
        .filter(Member.name.in_(names), Member.team_id == team.id)
        .order_by(Member.name)
    )
    return (
        select(Member)
        .where(
            Member.name == name,
            # the team of today
            or_(Member.team_id == team.id, Member.team_id.is_(None), Member.is_owner),
        )
        .limit(1)
    )
---
def write():
    print("a member of the team", Member, "another one", Member.name.label("name"))
    members = [
        Member.name.label("the name of the member"),  # as the page shows it
        func.coalesce(Member.team_id, Team.id, Other.id).label("team"),  # or the other
    ]
    values = dict(member=Member, names=[Member.first, Member.last], key=lambda one: one)
    statement = insert(Member).values(name=name).on_conflict_do_nothing().returning(Member.id)
    raise NotFound(Member.__name__, member_id) from error
---
MemberOrNone: TypeAlias = Union[Member, None, "AnotherMember", OtherMember, AndMore]
registry: dict[str, type[Member]] = {}
registry[Member.__name__]["members"] = Member.everything_there_is_to_know_about(1)
first = second = Member.lookup(first_argument, second_argument)
counter += Member.count_all(session, disabled=False) + Member.count_all(other_session)
session.add(Member(name="one"))
""".strip().split("\n---\n")


def renames(text: str) -> list[ReplaceName]:
    found = re.finditer(rf"\b{OLD}\b", text)
    return [ReplaceName(span=Span(*match.span()), expected=OLD, new=NEW) for match in found]


def formatted(folder: Path, texts: Iterable[str], width: int) -> list[str]:
    """Format all texts with one call of ruff."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, text in enumerate(texts):
        paths.append(folder / f"{number}.py")
        paths[-1].write_text(text)
    options = ["--isolated", "--no-cache", "--quiet", f"--line-length={width}", "--target-version=py311"]
    subprocess.run([sys.executable, "-m", "ruff", "format", *options, str(folder)], check=True)
    return [path.read_text() for path in paths]


@pytest.mark.parametrize("width", WIDTHS)
def test_formatted_code_stays_formatted(tmp_path: Path, width: int) -> None:
    style = Style(line_length=width, formatter="ruff")
    before = formatted(tmp_path / "before", SHAPES, width)
    after = [made(text, *renames(text), style=style) for text in before]
    wanted = formatted(tmp_path / "after", after, width)
    assert after == wanted


@pytest.mark.parametrize("width", [60, 79, 88])
def test_once_is_enough(tmp_path: Path, width: int) -> None:
    """What is laid out is what the layout expects: the next rename finds it in order."""
    style = Style(line_length=width, formatter="ruff")
    before = formatted(tmp_path / "before", SHAPES, width)
    once = [made(text, *renames(text), style=style) for text in before]
    for text in once:
        again = [ReplaceName(span=Span(*match.span()), expected=NEW, new=NEW) for match in re.finditer(NEW, text)]
        assert made(text, *again, style=style) == text


BLACK = [
    (
        "assert isinstance(member, Member), f'expected a member and got {member}'\n",
        "assert isinstance(\n    member, MemberModelDB\n), f'expected a member and got {member}'\n",
    ),
    (
        "add(one, member=Member if flag else None, other=another_one, number=12)\n",
        "add(\n    one,\n    member=MemberModelDB if flag else None,\n    other=another_one,\n    number=12,\n)\n",
    ),
    (
        "first, second = Member(name=one), Member(name=second, team=the_team_of_it)\n",
        "first, second = MemberModelDB(name=one), MemberModelDB(\n    name=second, team=the_team_of_it\n)\n",
    ),
]


@pytest.mark.parametrize(("before", "after"), BLACK)
def test_black_differs_from_ruff_in_places(before: str, after: str) -> None:
    assert made(before, *renames(before), style=Style(line_length=76, formatter="black")) == after


LEFT = {
    "a comment that speaks to a tool about its line": "x = call(Member, first_argument, second)  # type: ignore\n",
    "nothing to break": "it = Member.the_first_name_of_the_longest_member\n",
    "not as a formatter has it": "value = call(Member,\n             the_second_argument_of_the, third_argument)\n",
    "a comment between": "value = call(\n    # why\n    Member.first_name, Member.last_name, number\n)\n",
    "a string of several lines": 'value = call(Member, """\n""", Member.first_name, Member.last_name)\n',
    "statements on one line": "x = 1; value = call(Member, first_argument, second_argument)\n",
    "a block on the same line": "if call(Member, first_argument, second_argument): x = 1\n",
    "a backslash": "value = call(Member) + \\\n    call(Member, first_argument, second_argument) + 1\n",
    "formatting is off": "# fmt: off\nvalue = call(Member, first_argument, second_argument)\n",
}


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT)
def test_what_is_not_known_is_left(text: str) -> None:
    style = Style(line_length=max(map(len, text.split("\n"))), formatter="ruff")
    assert made(text, *renames(text), style=style) == text.replace(OLD, NEW)


def test_without_a_formatter_lines_stay() -> None:
    text = f"value = call({OLD}, {'x' * 60}, 12)\n"
    assert made(text, *renames(text), style=Style(line_length=88)) == text.replace(OLD, NEW)


def test_a_line_that_was_too_long_stays() -> None:
    text = f"value = call({OLD}, {'x' * 80}, 12)\n"
    assert made(text, *renames(text), style=Style(formatter="ruff")) == text.replace(OLD, NEW)


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_endings_are_the_files_own(newline: str) -> None:
    text = f"def f():{newline}\treturn call({OLD}, {'x' * 58}, 12){newline}"
    after = f"def f():{newline}\treturn call({newline}\t\t{NEW}, {'x' * 58}, 12{newline}\t){newline}"
    assert made(text, *renames(text), style=Style(formatter="ruff")) == after


def test_changes_stay_small() -> None:
    """Names that no line break moved are still changes of one name."""
    text = "".join(f"value = call({OLD}, {'x' * 60}, {OLD}.name)\n" for _ in range(3))
    changes = run(text, *renames(text), style=Style(formatter="ruff")).changes
    assert all(change.end - change.start <= len(OLD) + 2 for change in changes)


MODULES = ("argparse", "dataclasses", "inspect", "json.decoder", "logging.config", "pathlib", "subprocess", "typing")


@pytest.mark.parametrize("formatter", ["black", "ruff"])
@pytest.mark.parametrize("module", MODULES)
def test_other_peoples_code_means_the_same(module: str, formatter: Formatter) -> None:
    """Longer names throughout a module of the standard library, at its own width and a smaller one."""
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    text = Path(spec.origin).read_text(encoding="utf-8")
    names = [token for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.string in ("self", "cls")]
    starts = Document(text).line_starts
    spans = [Span(starts[t.start[0] - 1] + t.start[1], starts[t.start[0] - 1] + t.end[1]) for t in names]
    operations = [
        ReplaceName(span=span, expected=text[span.start : span.end], new=text[span.start : span.end] + "_of_this")
        for span in spans
    ]
    plain = made(text, *operations)
    for width in (50, 79):
        wrapped = made(text, *operations, style=Style(line_length=width, formatter=formatter))
        assert wrapped != plain
        assert ast.dump(ast.parse(wrapped)) == ast.dump(ast.parse(plain))
        assert comments(wrapped) == comments(plain)


def test_long_statements_are_quick() -> None:
    items = "".join(f"    {OLD}(name='the name of the member', number={number}, team=none),\n" for number in range(400))
    text = f"members = [\n{items}]\n"
    start = time.process_time()
    after = made(text, *renames(text), style=Style(line_length=70, formatter="ruff"))
    assert after.count("\n") > text.count("\n") * 2
    assert time.process_time() - start < 3
