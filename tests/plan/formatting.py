"""Code in many shapes, and ruff's own formatter to say how it must look."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

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
