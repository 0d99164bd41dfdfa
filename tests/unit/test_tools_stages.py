"""Is a stage done once, shown in one line, and explained when it fails?"""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tools.stage import Stop, one_at_a_time, run, stage
from tools.stamp import digest, is_current


def test_the_same_sources_make_the_same_digest(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    assert digest(tmp_path, "x") == digest(tmp_path, "x")


@pytest.mark.parametrize("change", ["content", "name", "new file", "deeper", "text"])
def test_every_change_of_the_sources_changes_the_digest(tmp_path: Path, change: str) -> None:
    (tmp_path / "sub").mkdir()
    source = tmp_path / "sub" / "a"
    source.write_text("1")
    before = digest(tmp_path, "x")
    match change:
        case "content":
            source.write_text("2")
        case "name":
            source.rename(tmp_path / "sub" / "b")
        case "new file":
            (tmp_path / "b").write_text("")
        case "deeper":
            (tmp_path / "sub" / "sub").mkdir()
            source.rename(tmp_path / "sub" / "sub" / "a")
    assert digest(tmp_path, "y" if change == "text" else "x") != before


def test_what_the_tools_made_does_not_change_the_digest(tmp_path: Path) -> None:
    before = digest(tmp_path)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "a").write_text("1")
    assert digest(tmp_path) == before


def test_a_stamp_is_current_only_with_its_own_content(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    assert not is_current(stamp, "a")
    stamp.write_text("a")
    assert is_current(stamp, "a")
    assert not is_current(stamp, "b")


def test_a_stage_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with stage("Building the house"):
        pass
    assert capsys.readouterr().out == "Building the house ... 0 s\n"


def test_a_failed_stage_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Stop), stage("Building the house"):
        raise Stop("no bricks")
    assert capsys.readouterr().out == "Building the house ... failed\n"


def test_a_tool_speaks_to_the_log(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "folder" / "log"
    run(["sh", "-c", "echo out; echo err >&2"], log=log)
    assert log.read_text() == "$ sh -c 'echo out; echo err >&2'\nout\nerr\n"
    assert capfd.readouterr() == ("", "")


def test_a_failed_tool_shows_its_last_lines_and_none_of_an_earlier_run(tmp_path: Path) -> None:
    log = tmp_path / "log"
    run(["echo", "earlier"], log=log)
    with pytest.raises(Stop, match="exit code 3") as failed:
        run(["sh", "-c", "seq 1 50; exit 3"], log=log)
    assert failed.value.detail.splitlines() == [str(n) for n in range(31, 51)]
    run(["echo", "later"], log=log)
    assert log.read_text().endswith("50\n$ echo later\nlater\n")


def test_a_short_failure_shows_only_its_own_lines(tmp_path: Path) -> None:
    log = tmp_path / "log"
    run(["echo", "earlier"], log=log)
    with pytest.raises(Stop) as failed:
        run(["sh", "-c", "echo mine; exit 1"], log=log)
    assert failed.value.detail == "mine"


def test_a_tool_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="no-such-tool is not there"):
        run(["no-such-tool", "-x"], log=tmp_path / "log")


def test_a_second_make_waits_for_the_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    order: list[str] = []

    def second() -> None:
        with one_at_a_time(tmp_path / "lock"):
            order.append("second")

    with one_at_a_time(tmp_path / "lock"):
        thread = threading.Thread(target=second)
        thread.start()
        while "waiting" not in capsys.readouterr().err:
            time.sleep(0.01)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_the_program_that_make_becomes_does_not_hold_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with one_at_a_time(lock):
        child = subprocess.Popen(
            [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False
        )
    with one_at_a_time(lock):  # would wait for ever, had the child inherited it
        child.communicate(b"\n")
    assert child.returncode == 0
    assert os.path.exists(lock)
