"""One page as it was sent: ready to be sent again, compressed once."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

LEVEL = 9
DROPPED = {"content-length", "etag", "content-encoding"}


@dataclass(frozen=True)
class Entry:
    """``until`` is in seconds since 1970; ``versions`` are those of the page's tags when it was made."""

    headers: dict[str, str]
    compressed: bytes
    length: int
    etag: str
    until: float
    versions: dict[str, str]
    generation: str

    @classmethod
    def of(cls, response: HttpResponse, *, until: float, versions: dict[str, str], generation: str) -> "Entry":
        """What a rendered answer becomes."""
        # A browser asks each time whether its copy is still good: so what is taken off the site is off it at once.
        response.headers.setdefault("Cache-Control", "no-cache")
        patch_vary_headers(response, ["Accept-Encoding", "Cookie"])
        content = response.content
        return cls(
            headers={name: value for name, value in response.headers.items() if name.lower() not in DROPPED},
            compressed=gzip.compress(content, LEVEL, mtime=0),
            length=len(content),
            etag=f'W/"{hashlib.sha256(content).hexdigest()[:24]}"',
            until=until,
            versions=versions,
            generation=generation,
        )

    @cached_property
    def _compressed_headers(self) -> dict[str, tuple[str, str]]:
        length = str(len(self.compressed))
        headers = {**self.headers, "Content-Encoding": "gzip", "Content-Length": length, "ETag": self.etag}
        return {name.lower(): (name, value) for name, value in headers.items()}

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The page, or 304 if the reader has it already."""
        asked = request.META
        if self.etag in asked.get("HTTP_IF_NONE_MATCH", ""):
            response = HttpResponse(status=304)
            del response.headers["Content-Type"]
            kept = {name: value for name, value in self.headers.items() if name != "Content-Type"}
        elif request.method == "HEAD":
            response, kept = HttpResponse(), {**self.headers, "Content-Length": str(self.length)}
        elif "gzip" in asked.get("HTTP_ACCEPT_ENCODING", ""):
            response = HttpResponse(self.compressed, content_type=self.headers["Content-Type"])
            # The same each time, so it is not checked each time as Django does for a header that is set.
            response.headers._store.update(self._compressed_headers)
            return response
        else:
            response = HttpResponse(gzip.decompress(self.compressed))
            kept = {**self.headers, "Content-Length": str(self.length)}
        for name, value in kept.items():
            response.headers[name] = value
        response.headers["ETag"] = self.etag
        return response
