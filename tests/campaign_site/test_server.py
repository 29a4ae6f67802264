import pytest
from gunicorn.config import Config
from gunicorn.http.errors import LimitRequestLine
from gunicorn.http.parser import RequestParser

from campaign_site import server


def requested(length: int) -> str:
    """The query that the server hands on of a request whose query has so many letters."""
    config = Config()
    config.set("limit_request_line", server.limit_request_line)
    line = b"GET /en/search/?q=%s HTTP/1.1\r\nHost: example.org\r\n\r\n" % (b"a" * length)
    return next(RequestParser(config, iter([line]), ("127.0.0.1", 1))).query


def test_search_of_ten_thousand_letters_comes_through_to_the_page_that_refuses_it():
    assert requested(10_000) == "q=" + "a" * 10_000


def test_longer_request_is_refused_by_the_server():
    with pytest.raises(LimitRequestLine):
        requested(100_000)
