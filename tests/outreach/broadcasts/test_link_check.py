"""Asking the links of a text: each gets an answer, and nobody can make the server reach into its own network."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outreach.broadcasts.link_check import MOST_LINKS, Answer, check_links, public_web
from outreach.broadcasts.own_links import why_nowhere


class Site(BaseHTTPRequestHandler):
    """Answers with the number in the path.

    ``/to?…`` leads on, ``/accent`` to an address in UTF-8; ``/only-get`` refuses HEAD, ``/silent`` says nothing.
    """

    def do_HEAD(self) -> None:
        self.server.asked.append((self.command, self.path))
        if self.path == "/silent":
            self.server.closing.wait(10)
            return
        if self.path.startswith("/to?"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to?"))
        elif self.path == "/accent":
            self.send_response(302)
            self.send_header("Location", "/200/fête".encode().decode("latin-1"))
        elif self.path == "/only-get":
            self.send_response(200 if self.command == "GET" else 405)
        else:
            self.send_response(int(self.path[1:4]))
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *args: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def site() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.asked, server.closing = [], threading.Event()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.closing.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def address(site) -> str:
    return f"http://127.0.0.1:{site.server_port}"


def here(number, port) -> bool:
    """A guard that lets this machine be asked, and nothing else."""
    return str(number) == "127.0.0.1"


def answers(*targets: str, **options) -> list[str]:
    return [checked.answer.value for checked in check_links(targets, allowed=here, **options)]


def test_each_link_gets_its_answer_in_their_order(address):
    targets = [f"{address}{path}" for path in ("/200", "/404", "/500", "/403", "/to?/200", "/only-get", "/200#part")]

    assert answers(*targets) == ["fine", "broken", "broken", "unsure", "moved", "fine", "fine"]
    assert [checked.target for checked in check_links(targets, allowed=here)] == targets


def test_no_body_is_asked_for_where_the_head_says_enough(site, address):
    answers(f"{address}/200", f"{address}/200", f"{address}/only-get")

    assert sorted(site.asked) == [("GET", "/only-get"), ("HEAD", "/200"), ("HEAD", "/only-get")]


def test_a_server_that_stays_silent_holds_nobody_up(address):
    (checked,) = check_links([f"{address}/silent"], allowed=here, seconds=0.2)

    assert checked.answer == Answer.BROKEN
    assert "no answer within" in checked.detail


def test_a_name_server_that_stays_silent_holds_nobody_up():
    closing, answered = threading.Event(), threading.Event()

    def look_up(*_args, **_named):
        closing.wait(10)
        answered.set()
        raise OSError

    (checked,) = check_links(["https://slow.example.org/"], allowed=here, look_up=look_up, seconds=0.2)

    waited = answered.is_set()
    closing.set()
    assert not waited
    assert checked.answer == Answer.BROKEN
    assert "no answer within" in checked.detail


def test_a_redirect_to_an_address_with_an_accent_is_followed_to_it(site, address):
    (checked,) = check_links([f"{address}/accent"], allowed=here)

    assert checked.answer == Answer.MOVED
    assert checked.detail.endswith("/200/fête.")
    assert site.asked[-1] == ("HEAD", "/200/f%C3%AAte")


def test_redirects_without_an_end_and_to_something_else_are_broken(address):
    for place in ("/to?/to?/to?/to?/to?/200", "/to?ftp://a.example/", "/to?javascript:alert(1)", "/to?http://["):
        assert answers(f"{address}{place}") == ["broken"], place


@pytest.mark.parametrize(
    "inside",
    ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"],
)
def test_nothing_inside_is_asked(site, inside):
    (checked,) = check_links([f"http://{inside}:{site.server_port}/200"])

    assert checked.answer == Answer.BROKEN
    assert site.asked == []


def test_a_redirect_to_the_inside_is_not_followed(site, address):
    (checked,) = check_links([f"{address}/to?http://169.254.169.254/latest/"], allowed=here)

    assert checked.answer == Answer.BROKEN
    assert "closed network" in checked.detail
    assert len(site.asked) == 1


def test_only_the_ports_of_web_servers_are_asked():
    number = ip_address("93.184.216.34")

    assert public_web(number, 443)
    assert not public_web(number, 25)
    assert not public_web(ip_address("10.0.0.1"), 443)


def test_so_many_links_are_asked_and_no_more(site, address):
    targets = [f"{address}/200?{number}" for number in range(MOST_LINKS + 2)]

    found = answers(*targets)

    assert found == ["fine"] * MOST_LINKS + ["not_asked"] * 2
    assert len(site.asked) == MOST_LINKS


@pytest.mark.django_db
def test_this_sites_own_pages_are_looked_up_and_not_asked(story):
    fine, broken = check_links(
        ["http://testserver/en/stories/one-in-eight/", "http://testserver/en/stories/nothing/"], allowed=here
    )

    assert (fine.answer, broken.answer) == (Answer.FINE, Answer.BROKEN)
    assert "no published page" in broken.detail


@pytest.mark.django_db
def test_of_a_view_of_this_site_that_is_not_asked_no_more_is_said_than_that(stories):
    (checked,) = check_links(["http://testserver/en/confirm/token/"], allowed=here)

    assert checked.answer == Answer.NOT_ASKED


def test_a_name_that_cannot_be_and_an_address_that_is_none_are_broken():
    assert answers("http://a..example/", f"http://{'a' * 64}.example/", "https://", "", "http://[") == ["broken"] * 5


@pytest.mark.django_db
def test_this_sites_own_pages_are_looked_up_once(story, settings, django_assert_max_num_queries):
    target = f"{settings.SITE_URL}{story.url}"
    why_nowhere(target)  # What Django and Wagtail remember from then on is read by now.
    with CaptureQueriesContext(connection) as once:
        assert why_nowhere(target) == ""

    with django_assert_max_num_queries(len(once)):
        (checked,) = check_links([target])
    assert checked.answer == Answer.FINE
