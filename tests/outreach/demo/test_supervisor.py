"""Every program inherits standard output, so its end of file says that none of them is left."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from outreach.demo.guard import end
from outreach.demo.supervisor import Program, ProgramEnded, Supervisor

# In one write each, because the lines of several programs share one pipe.
PATIENT = "import os, time; os.write(1, b'up\\n'); time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {PATIENT}"
ENDS = "raise SystemExit(3)"
SUPERVISOR = r"""
import os, sys
from outreach.demo.supervisor import Program, ProgramEnded, Supervisor
ready = sys.argv[1] == "ready"
commands = [[sys.executable, "-c", source] for source in sys.argv[2:]]
programs = [Program(f"program{number}", command, lambda: ready) for number, command in enumerate(commands)]
supervisor = Supervisor(programs, environment=os.environ, patience=1.0, grace=1.0)
try:
    supervisor.run(lambda: os.write(1, b"ready\n"))
except ProgramEnded as error:
    sys.exit(str(error))
"""

Run = Iterator["subprocess.Popen[str]"]


def started(*programs: str, ready: str = "ready") -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", SUPERVISOR, ready, *programs]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


@pytest.fixture
def running() -> Run:
    process = started(PATIENT, PATIENT)
    yield process
    process.kill()
    process.communicate(timeout=20)


def wait_for(process: "subprocess.Popen[str]", words: list[str]) -> None:
    assert process.stdout
    seen = [process.stdout.readline().strip() for _ in words]
    assert sorted(seen) == sorted(words)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_ends_every_program(running: "subprocess.Popen[str]", number: int) -> None:
    wait_for(running, ["up", "up", "ready"])

    running.send_signal(number)
    _rest, errors = running.communicate(timeout=20)

    assert running.returncode == 0
    assert errors == ""


def test_ctrl_c_at_the_terminal_reaches_the_whole_group_and_prints_no_traceback(
    running: "subprocess.Popen[str]",
) -> None:
    wait_for(running, ["up", "up", "ready"])

    os.killpg(running.pid, signal.SIGINT)
    _rest, errors = running.communicate(timeout=20)

    assert running.returncode == 0
    assert errors == ""


def test_no_program_outlives_a_supervisor_that_is_killed(running: "subprocess.Popen[str]") -> None:
    wait_for(running, ["up", "up", "ready"])

    running.kill()

    running.communicate(timeout=20)


def test_when_one_program_ends_all_end_and_its_name_and_status_are_said() -> None:
    process = started(PATIENT, ENDS)

    _output, errors = process.communicate(timeout=20)

    assert process.returncode == 1
    assert errors == "program1 ended with status 3\n"


def test_a_program_starts_only_after_the_one_that_it_needs(capfd: pytest.CaptureFixture[str]) -> None:
    first = Program("first", [sys.executable, "-c", PATIENT], lambda: False)
    second = Program("second", [sys.executable, "-c", "print('too early')"], after="first")
    supervisor = Supervisor([second, first], environment=os.environ, patience=0.5)

    with pytest.raises(ProgramEnded, match=r"^first was not ready after 0 seconds$"):
        supervisor.run(lambda: None)

    assert "too early" not in capfd.readouterr().out


def test_a_program_that_does_not_become_ready_is_named() -> None:
    process = started(PATIENT, ready="never")

    _output, errors = process.communicate(timeout=20)

    assert process.returncode == 1
    assert errors == "program0 was not ready after 1 seconds\n"


def test_a_program_that_will_not_end_is_ended() -> None:
    process = started(STUBBORN)
    wait_for(process, ["up", "ready"])

    process.terminate()
    process.communicate(timeout=20)

    assert process.returncode == 0


def test_the_guard_ends_what_will_not_end_and_passes_over_what_is_gone() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE) as stubborn:
        assert stubborn.stdout
        stubborn.stdout.readline()

        end([gone.pid, stubborn.pid], grace=0.2)

        assert stubborn.wait(timeout=10) == -signal.SIGKILL
