import socket

import pytest
from django.conf import LazySettings

from outreach.demo import programs
from outreach.demo.ports import answers, free_ports


def test_a_port_that_is_free_is_taken_as_wished(free_port: int) -> None:
    assert free_ports(free_port) == [free_port]


def test_another_port_stands_in_for_one_that_is_taken_and_all_differ() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        first, second = free_ports(port, port)

        assert answers(port)
        assert len({port, first, second}) == 3


def test_nobody_answers_at_a_free_port(free_port: int) -> None:
    assert not answers(free_port)


def test_every_program_learns_where_the_sandbox_really_is(settings: LazySettings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.SANDBOX_SMTP_PORT = taken.getsockname()[1]

        environment = programs.environment()

        assert int(environment["SANDBOX_SMTP_PORT"]) not in {settings.SANDBOX_SMTP_PORT, 0}
    assert environment["PORT"] == str(settings.PORT)


@pytest.mark.parametrize(
    ("mail", "telegram", "expected"),
    [
        (True, True, ["sandbox", "web", "worker"]),
        (True, False, ["sandbox", "web", "worker"]),
        (False, False, ["web", "worker"]),
    ],
)
def test_the_sandbox_runs_where_something_real_is_missing(
    mail: bool, telegram: bool, expected: list[str], settings: LazySettings
) -> None:
    settings.SANDBOX_EMAIL, settings.SANDBOX_TELEGRAM = mail, telegram

    found = programs.programs(programs.environment())

    assert [program.name for program in found] == expected


def test_a_site_that_does_not_answer_is_not_healthy(free_port: int, settings: LazySettings) -> None:
    settings.PORT = free_port

    assert not programs.web_is_healthy()
