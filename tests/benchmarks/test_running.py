"""What a run costs is what its processes used; contestants take turns."""

import os
import sys
from pathlib import Path

import pytest
from measure.contest import Contestant, in_turn, usual
from measure.running import Cost, middle, run

PYTHON = (sys.executable, "-I", "-S", "-c")


def _run(tmp_path: Path, code: str, *accepted: int) -> Cost:
    return run([*PYTHON, code], tmp_path, os.environ, tmp_path / "log", accepted or (0,))


def test_the_cpu_of_a_process_that_a_process_starts_counts(tmp_path: Path) -> None:
    spin = "import time\nwhile time.process_time() < 0.3: pass"
    spent = _run(tmp_path, f"import subprocess, sys; subprocess.run([sys.executable, '-c', {spin!r}], check=True)")
    assert spent.cpu > 0.3
    assert spent.wall > 0.25


def test_waiting_costs_wall_time_alone(tmp_path: Path) -> None:
    spent = _run(tmp_path, "import time; time.sleep(0.4)")
    assert spent.wall > 0.4
    assert spent.cpu < 0.35


def test_memory_is_the_process_own_and_not_what_measures_it(tmp_path: Path) -> None:
    held = b"1" * 80_000_000
    small, large = _run(tmp_path, "pass"), _run(tmp_path, "held = b'1' * 60_000_000")
    assert small.memory < 40 < 55 < large.memory < len(held) / 1e6


def test_what_it_prints_is_kept(tmp_path: Path) -> None:
    _run(tmp_path, "import sys; print('out', flush=True); print('err', file=sys.stderr)")
    assert (tmp_path / "log").read_text().split() == ["out", "err"]


def test_another_exit_code_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="exit code 2: no such thing"):
        _run(tmp_path, "print('no such thing'); raise SystemExit(2)")
    assert _run(tmp_path, "raise SystemExit(2)", 0, 2).wall > 0


def test_the_middle_is_taken_of_each_figure() -> None:
    costs = [Cost(1.0, 30.0, 200.0), Cost(2.0, 10.0, 300.0), Cost(9.0, 20.0, 100.0)]
    assert middle(costs) == Cost(2.0, 20.0, 200.0)


def test_contestants_take_turns_and_the_long_ones_run_less_often(tmp_path: Path) -> None:
    order = tmp_path / "order"
    code = "import sys, pathlib; pathlib.Path(sys.argv[1]).open('a').write(sys.argv[2])"

    def contestant(name: str, *, filled: bool = False) -> Contestant:
        command = [*PYTHON, code, str(order), name]
        return Contestant(name, lambda folder, scratch: command, filled=filled, seen=lambda printed: [f"saw {name}"])

    rows = in_turn([contestant("a"), contestant("b", filled=True)], tmp_path, lambda wall: 3)
    assert order.read_text() == "b" + "ab" * 3  # the first run of what fills its scratch folder does not count
    assert [len(row.costs) for row in rows.values()] == [3, 3]
    assert rows["b"].seen == ("saw b",)


def test_a_scratch_folder_is_empty_but_for_the_one_that_a_run_filled(tmp_path: Path) -> None:
    count = "import sys, os; print(len(os.listdir(sys.argv[1]))); open(sys.argv[1] + '/kept', 'w').close()"

    def command(folder: Path, scratch: Path) -> list[str]:
        return [*PYTHON, count, str(scratch)]

    cold = Contestant("cold", command, seen=str.split)
    rows = in_turn([cold, cold._replace(name="warm", filled=True)], tmp_path, lambda wall: 2)
    assert rows["cold"].seen == ("0",)
    assert rows["warm"].seen == ("1",)


def test_three_runs_are_enough_of_what_takes_a_minute() -> None:
    assert [usual(5)(wall) for wall in (0.1, 59.0, 61.0)] == [5, 5, 3]
    assert usual(1)(61.0) == 1
