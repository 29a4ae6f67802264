import http.client
import json
import smtplib
import socket
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.ground import receivers
from tests.ground.environment import environment
from tests.ground.mischief import Mischief
from tests.ground.receivers import Receiver
from tests.ground.records import MISDIRECTED, Arrival, Fault


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Callable[[Callable[..., Receiver], Mischief], Receiver]]:
    """Starts receivers, and stops them in the end."""
    started = []

    def start(kind: Callable[..., Receiver], mischief: Mischief = Mischief()) -> Receiver:
        started.append(kind(folder=tmp_path, environment=environment(tmp_path), mischief=mischief))
        return started[-1]

    yield start
    for receiver in started:
        receiver.close()


def mail(to: str, number: int = 1) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = "campaign@example.org", to, f"<{number}@example.org>"
    message.set_content("Read this.\n.\n..\n")
    return message


def call(receiver: Receiver, body: str | bytes, kind: str) -> tuple[int, dict[str, object]]:
    connection = http.client.HTTPConnection("127.0.0.1", receiver.port, timeout=5)
    connection.request("POST", "/bot1:token/sendMessage", body, {"Content-Type": kind})
    answer = connection.getresponse()
    content = json.loads(answer.read())
    connection.close()
    return answer.status, content


def test_a_mail_server_writes_down_whose_mail_it_kept(running) -> None:
    server = running(receivers.mail_server)

    with smtplib.SMTP("127.0.0.1", server.port) as client:
        for number in (1, 2):
            client.send_message(mail(f"person{number}@example.org", number))

    assert [(line.address, line.copy) for line in server.read()] == [
        ("person1@example.org", "1@example.org"),
        ("person2@example.org", "2@example.org"),
    ]


def test_a_mail_server_answers_commands_that_came_together_in_their_order(running) -> None:
    server = running(receivers.mail_server, Mischief(per_second=50))
    start = b"MAIL FROM:<campaign@example.org>\r\nRCPT TO:<person%d@example.org>\r\nDATA\r\n"
    body = b"To: person%d@example.org\r\nMessage-ID: <%d@example.org>\r\n\r\nText\r\n.\r\n"

    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as line:
        answers = line.makefile("rb")
        answers.readline()
        line.sendall(start % 1)
        [answers.readline() for _step in range(3)]
        line.sendall(body % (1, 1) + start % 2)
        codes = [answers.readline()[:3] for _step in range(4)]
        line.sendall(body % (2, 2) + b"QUIT\r\n")
        codes += [answers.readline()[:3] for _step in range(2)]

    assert codes == [b"250", b"250", b"250", b"354", b"250", b"221"]
    assert [line.address for line in server.read()] == ["person1@example.org", "person2@example.org"]


def test_a_mail_that_names_somebody_else_is_written_down_as_that(running) -> None:
    server = running(receivers.mail_server)

    with smtplib.SMTP("127.0.0.1", server.port) as client:
        client.send_message(mail("person1@example.org"), to_addrs=["person2@example.org"])

    [line] = server.read()
    assert line.address == "person2@example.org"
    assert line.copy.startswith(MISDIRECTED)


@pytest.mark.parametrize("kept", [True, False])
def test_a_line_that_breaks_after_the_dot_is_an_ambiguous_fault(running, kept: bool) -> None:
    kind = f"line broken after the dot, {'kept' if kept else 'lost'}"
    server = running(receivers.mail_server, Mischief(rates={kind: 1.0}))

    client = smtplib.SMTP("127.0.0.1", server.port)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.send_message(mail("person1@example.org"))
    client.close()

    lines = server.read()
    assert [line.ambiguous for line in lines if isinstance(line, Fault)] == [True]
    assert len([line for line in lines if isinstance(line, Arrival)]) == kept


def test_a_fault_happens_at_most_as_often_as_it_was_told(running) -> None:
    server = running(receivers.mail_server, Mischief(rates={"4xx at MAIL": 1.0}, most={"4xx at MAIL": 2}))

    with smtplib.SMTP("127.0.0.1", server.port) as client:
        codes = [client.docmd("MAIL", "FROM:<campaign@example.org>")[0] for _try in range(4)]

    assert codes == [451, 451, 250, 250]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("chat_id=42&text=Read", "application/x-www-form-urlencoded"),
        (json.dumps({"chat_id": 42, "text": "Read"}), "application/json"),
        (
            '--x\r\nContent-Disposition: form-data; name="chat_id"\r\n\r\n42\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_a_bot_api_reads_the_chat_from_every_kind_of_body(running, body: str, kind: str) -> None:
    server = running(receivers.bot_api)

    status, answer = call(server, body, kind)

    assert status == 200
    assert answer["ok"]
    assert [line.address for line in server.read()] == ["42"]


def test_a_chat_that_moved_is_written_down_under_its_first_number(running) -> None:
    server = running(receivers.bot_api, Mischief(moved=1.0))

    status, answer = call(server, json.dumps({"chat_id": 42, "text": "Read"}), "application/json")
    new = answer["parameters"]["migrate_to_chat_id"]  # type: ignore[index]
    again, _answer = call(server, json.dumps({"chat_id": new, "text": "Read"}), "application/json")

    assert (status, again) == (400, 200)
    assert [line.address for line in server.read() if isinstance(line, Arrival)] == ["42"]


def test_a_bot_api_asks_for_the_pause_that_it_was_told_to_ask_for(running) -> None:
    server = running(receivers.bot_api, Mischief(rates={"429": 1.0}, retry_after=3))

    status, answer = call(server, json.dumps({"chat_id": 42, "text": "Read"}), "application/json")

    assert status == 429
    assert answer["parameters"] == {"retry_after": 3}
    assert [line.kind for line in server.read()] == ["429"]
