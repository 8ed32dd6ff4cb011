"""The page says what the figures say: ratios, goals met and missed, and parts of another run."""

import shutil
from pathlib import Path

import pytest
import run
from measure import book, goals, page, rename, scale, section, whole
from measure.book import Record, Row, Table
from measure.running import Cost
from measure.trees import BIG, Size

SIZE = Size(10, 2_000, 0.1)


def _row(cpu: float, memory: float = 50.0, *seen: str) -> Row:
    return Row((Cost(cpu, cpu, memory),), seen)


def _record(run: str = "2026-01-01 10:00", **tables: dict[str, Row]) -> Record:
    return Record(
        run, "lifeops-migrate 1 (abc)", "a machine", {name: Table(SIZE, rows) for name, rows in tables.items()}
    )


WHOLE = {whole.COLD: _row(7.0), whole.RUFF_COLD: _row(1.0)}


def _renamed(ours: float, rope: float, memory: float = 50.0) -> Record:
    others = {"rope": _row(rope, 500.0), "ast-grep": _row(1.0)}
    return _record(big={rename.COLD: _row(ours, memory), **others})


def test_ratios_are_to_the_named_row() -> None:
    lines = section.comparison({"one": _row(2.0, 50, "3 files"), "other": _row(50.0, 20)}, "one").splitlines()
    assert lines[2] == "| one | 2.00 | 2.00 | 50 | 1.0× | 1.0× | 1.0× | 1 | 3 files |"
    assert lines[3] == "| other | 50.00 | 50.00 | 20 | 25× | 25× | 0.4× | 1 |  |"


def test_without_anything_seen_there_is_no_column_for_it() -> None:
    assert section.comparison({"one": _row(2.0)}, "one").splitlines()[0].endswith("| runs |")


@pytest.mark.parametrize(
    ("value", "told"), [(9.94, "9.9×"), (9.96, "10×"), (0.5, "0.5×"), (0.038, "0.038×"), (1, "1.0×")]
)
def test_a_ratio_has_two_digits(value: float, told: str) -> None:
    assert section.ratio(value * 3, 3.0) == told


def test_a_bar_in_a_cell_is_no_border() -> None:
    assert section.line(["a|b", "c"]) == "| a\\|b | c |"


def _goal(told: str, figures: dict[str, Record]) -> list[str]:
    lines = goals.table(figures).splitlines()
    return [cell.strip() for cell in next(line for line in lines if told in line).strip("|").split("|")]


def test_a_goal_is_met_missed_or_not_measured() -> None:
    assert _goal("against rope", {})[2:] == ["not measured", ""]
    assert _goal("against rope", {"rename": _renamed(1.0, 30.0)})[2:] == ["30 times", "met"]
    assert _goal("against rope", {"rename": _renamed(1.0, 29.0)})[2:] == ["29 times", "**missed**"]
    assert _goal("in parts of rope's", {"rename": _renamed(1.0, 30.0, 49.0)})[3] == "met"
    assert _goal("in parts of rope's", {"rename": _renamed(1.0, 30.0, 51.0)})[3] == "**missed**"


def test_a_goal_that_is_just_missed_does_not_look_met() -> None:
    missed = _goal("against ast-grep", {"rename": _renamed(1 / 2.96, 30.0)})
    assert missed[1:] == ["at least 3 times", "2.96 times", "**missed**"]


def test_wall_time_is_held_to_its_limit() -> None:
    slow = {"rules": _record(big={whole.WARM: _row(0.2), whole.RUFF_WARM: _row(0.4)})}
    assert _goal("nothing changed since", slow)[2:] == ["0.2 s", "**missed**"]
    assert _goal("ruff's, warm", slow)[2:] == ["0.5 times", "met"]


def _scaled(*cpu: float) -> Record:
    tables = {
        f"{count} × {BIG}": Table(
            Size(10, 1_000 * count, 0.1), {scale.ALL_RULES: _row(each * count, 10.0 * count, "9 files", "more")}
        )
        for count, each in zip(scale.COUNTS, cpu, strict=False)
    }
    return Record("2026-01-01 10:00", "", "", tables)


def test_growth_is_that_of_a_line_from_one_copy_to_the_most() -> None:
    assert scale.growth(_scaled(1.0, 5.0, 5.0, 1.2), scale.ALL_RULES) == pytest.approx(20)
    assert scale.growth(_scaled(1.0, 1.0, 1.0, 0.9), scale.ALL_RULES) == pytest.approx(-10)
    assert scale.growth(_scaled(1.0, 1.0, 1.0), scale.ALL_RULES) is None
    assert _goal("all rules |", {"scale": _scaled(1.0, 1.0, 1.0, 1.2)})[3] == "**missed**"


def test_every_size_stands_in_the_table_and_in_the_drawing() -> None:
    record = _scaled(1.0, 1.0, 1.0, 1.0)
    told = scale.written(record)
    assert "| lifeops-migrate, all rules | 8 | 8,000 | 8.00 | 100.00 | 8.00 | 80 | 1 | 9 files |" in told
    assert page.drawing(record).count("<circle") == 2 * len(scale.COUNTS)


def test_a_part_of_another_run_says_so() -> None:
    first, second = _renamed(1.0, 30.0), _record("2026-01-02 11:00", big=WHOLE)
    told = page.written({"rename": first, "rules": second})
    assert told.count("measured in another run: 2026-01-01 10:00 UTC") == 1
    assert told.count("Measured 2026-01-02 11:00 UTC") == 1
    assert "another run" not in page.written({"rename": first})


def test_the_figures_survive_the_disk(tmp_path: Path) -> None:
    figures = {"rename": _renamed(1.25, 30.0), "scale": _scaled(1.0, 1.0)}
    book.write(figures, tmp_path / "figures.json")
    assert book.read(tmp_path / "figures.json") == figures
    assert book.read(tmp_path / "none.json") == {}


def test_one_part_renewed_leaves_the_others(tmp_path: Path) -> None:
    book.write({"rename": _renamed(1.0, 30.0), "rules": _record(big=WHOLE)}, tmp_path / "figures.json")
    run.write_page(tmp_path / "figures.json", tmp_path / "page.md")
    before = (tmp_path / "page.md").read_text().split("\n## ")
    book.write({**book.read(tmp_path / "figures.json"), "rename": _renamed(2.0, 30.0)}, tmp_path / "figures.json")
    run.write_page(tmp_path / "figures.json", tmp_path / "page.md")
    after = (tmp_path / "page.md").read_text().split("\n## ")
    changed = [new.partition("\n")[0] for old, new in zip(before, after, strict=True) if old != new]
    assert changed == ["Goals", "One rename"]


def test_the_page_in_docs_is_the_one_of_the_kept_figures(tmp_path: Path) -> None:
    """`python benchmarks/run.py --page` writes it anew."""
    shutil.copy(run.FIGURES, tmp_path / "figures.json")
    run.write_page(tmp_path / "figures.json", tmp_path / "performance.md")
    assert (tmp_path / "performance.md").read_text() == run.PAGE.read_text()
    assert (tmp_path / "performance.svg").read_text() == run.PAGE.with_suffix(".svg").read_text()


def test_options_choose_the_sections(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.options([]).only == list(page.SECTIONS)
    assert run.options(["--only", "scale,help", "--runs", "3"]).only == ["scale", "help"]
    for wrong in (["--only", "nothing"], ["--runs", "0"]):
        with pytest.raises(SystemExit, match="2"):
            run.options(wrong)
    assert "unknown: nothing; known: rename" in capsys.readouterr().err
