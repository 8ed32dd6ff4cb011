"""What is said beside a row is read off what the tool printed."""

from measure import ours, renames, single

TASK = renames.Task("tree", "models.py", "models", "User", "UserDB")
WHOLE = """\
--- a/models.py
+++ b/models.py
-class User(Base):
+class UserDB(Base):
-    owner: Mapped["User"] = relationship()
+    owner: Mapped["UserDB"] = relationship()
+++ b/uses.py
-    select(User).where(User.id == 1)
+    select(UserDB).where(UserDB.id == 1)
"""


def _without(*words: str) -> list[str]:
    kept = [line for line in WHOLE.splitlines() if not any(word in line for word in words)]
    return renames._counted(TASK, "\n".join(kept))


def test_a_rename_of_everything_misses_nothing() -> None:
    assert renames._counted(TASK, WHOLE) == ["3 lines in 2 files"]


def test_each_kind_of_place_that_keeps_its_name_is_named() -> None:
    assert _without("class UserDB") == ["2 lines in 2 files", "the class statement keeps its name"]
    assert _without("select(UserDB)")[1:] == ["uses such as `User.id` and `select(User)` keep theirs"]
    assert _without('["UserDB"]')[1:] == ['the strings of `Mapped["User"]` keep theirs']


def test_a_drawn_diff_is_read_like_a_printed_one() -> None:
    printed = (
        "src/models.py\n@@ -1,3 +1,3 @@\n1   │-class User(Base):\n   9│+class UserDB(Base):\n   100 │+x = UserDB.id\n"
    )
    assert renames._drawn(TASK, printed) == ["2 lines in 1 file", 'the strings of `Mapped["User"]` keep theirs']


def test_files_that_do_not_parse_are_counted() -> None:
    assert renames._unparsed("Can't parse ./a.py: bad input\nCan't parse b.py: bad\n--- a.py\n") == [
        "2 files left out that it cannot parse"
    ]
    assert renames._unparsed(WHOLE) == []


def test_this_tool_is_taken_at_its_word() -> None:
    printed = "diff\nWould make 3,967 edits in 379 files (3,913 safe, 54 unsafe); 350 findings. Nothing was written.\n"
    assert ours.seen(printed) == ["3,967 edits in 379 files", "350 findings"]
    assert ours.seen(f"{printed}error: a/b.py:17: uses 3.12 syntax: run it under 3.12\n")[2].startswith(
        "1 file left out"
    )
    assert ours.seen("Nothing to change.\n") == []


def test_the_others_are_taken_at_theirs() -> None:
    assert single._last_words(
        "a.py: no\n\N{HAMMER AND WRENCH} 768 files checked, 2 files with errors \N{HAMMER AND WRENCH}\n"
    ) == ["768 files checked, 2 files with errors"]
    assert single._changed("scanned: 9 files\nchanged: 3 files (3 unique)\n") == ["3 files changed"]
    assert single._diffs("--- a\n+++ a\n+x\n--- b\n+++ b\n") == ["2 files changed"]
