"""Copies of a tree hold the same code under names of their own; a digest sees every change; locks pin every version."""

import ast
import re
from pathlib import Path

import pytest
from measure import peers, trees

CODE = b"import fmn.api\nfrom fmn import api as fmn_api\n\nNAME = 'fmn.api:app'\nfmnx = fmn.api.fmn\n"


@pytest.fixture
def original(tmp_path: Path) -> Path:
    top = tmp_path / "original" / "fmn"
    (top / "fmn" / "api").mkdir(parents=True)
    (top / "fmn" / "api" / "app.py").write_bytes(CODE)
    (top / "fmn" / "fmn.py").write_bytes(b"x = 1\n")
    (top / "pyproject.toml").write_text('packages = ["fmn"]\n')
    (top / "notes.txt").write_text("fmn\n")
    return tmp_path / "original"


def test_each_copy_has_package_names_of_its_own(original: Path, tmp_path: Path) -> None:
    made = trees.copies(original, 2, tmp_path / "copies")
    files = sorted(path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file())
    tail = ["fmn_{0}/fmn_{0}/api/app.py", "fmn_{0}/fmn_{0}/fmn_{0}.py", "fmn_{0}/pyproject.toml"]
    assert files == [f"c{number}/{path.format(number)}" for number in (1, 2) for path in tail]
    code = (made / "c2/fmn_2/fmn_2/api/app.py").read_bytes()
    assert code.splitlines()[:2] == [b"import fmn_2.api", b"from fmn_2 import api as fmn_api"]
    assert code.splitlines()[-1] == b"fmnx = fmn_2.api.fmn_2"
    ast.parse(code)
    assert (made / "c1/fmn_1/pyproject.toml").read_text() == 'packages = ["fmn_1"]\n'


def test_more_copies_leave_the_first_as_they_are(original: Path, tmp_path: Path) -> None:
    made = trees.copies(original, 1, tmp_path / "copies")
    before = trees.digest(made / "c1")
    assert trees.copies(original, 4, made) == made
    assert trees.digest(made / "c1") == before
    assert trees.size(made)[:2] == (8, 4 * 6)


def test_packages_of_copies_lie_where_they_are_said_to(tmp_path: Path) -> None:
    tree = tmp_path / "big"
    for project, root in trees.PROJECTS.items():
        folder = tree / project / root
        folder.mkdir(parents=True)
        (folder / "one.py").write_text("")
    made = trees.copies(tree, 2, tmp_path / "copies")
    told = trees.roots_of_copies(made)
    assert len(told) == 2 * len(trees.PROJECTS)
    assert {(made / root / "one.py").is_file() for root in told} == {True}


def test_a_digest_sees_what_is_written_renamed_added_and_taken_away(original: Path) -> None:
    app = original / "fmn/fmn/api/app.py"
    digests = [trees.digest(original)]
    app.write_bytes(CODE + b"\n")
    digests.append(trees.digest(original))
    app.rename(app.with_name("other.py"))
    digests.append(trees.digest(original))
    (original / "new").touch()
    digests.append(trees.digest(original))
    app.with_name("other.py").unlink()
    digests.append(trees.digest(original))
    assert len(set(digests)) == 5


@pytest.mark.parametrize("peer", peers.PEERS)
def test_every_lock_has_exact_versions_with_hashes_and_no_address(peer: str) -> None:
    text = (peers.LOCKS / f"{peer}.lock").read_text()
    entries = re.split(r"\n(?! )", text.strip())
    assert all(re.fullmatch(r"\S+==\S+( ; [^\n\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+", each) for each in entries)
    assert "://" not in text
    assert re.fullmatch(r"\d[\w.]*", peers.version(peer))
