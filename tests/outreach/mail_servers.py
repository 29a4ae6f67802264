"""Mail servers for tests from which mail is read: just enough of IMAP4rev1 and POP3, on a free port of this machine.

def test_…(imap_server):
    imap_server.mails.append(b"From: …")
    …
    assert imap_server.mails == []               # what was expunged is gone
    assert imap_server.flags[2] == {"\\Flagged"}  # by the mail's number, from 1 up
    imap_server.breaks_off_at = "UID STORE"      # the line breaks when this command comes
"""

import re
import socketserver
import threading
from typing import Any, ClassVar

USER, PASSWORD = "bounces", "p@ss/word"


class Server(socketserver.ThreadingTCPServer):
    """What it holds: mails by number, which are never given to another one, with their flags."""

    allow_reuse_address = daemon_threads = True
    handler: ClassVar[type[socketserver.StreamRequestHandler]]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), self.handler)
        self.held: dict[int, bytes] = {}
        self.flags: dict[int, set[str]] = {}
        self.commands: list[str] = []
        self.sent_bytes = 0
        self.breaks_off_at = ""
        self._last = 0
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def put(self, *mails: bytes) -> None:
        for mail in mails:
            self._last += 1
            self.held[self._last], self.flags[self._last] = mail, set()

    @property
    def mails(self) -> list[bytes]:
        return [self.held[number] for number in sorted(self.held)]

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join(timeout=10)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error of a test."""


class _Line(socketserver.StreamRequestHandler):
    server: Server

    def say(self, line: bytes) -> None:
        self.server.sent_bytes += len(line)
        self.wfile.write(line + b"\r\n")

    def heard(self) -> str:
        line = self.rfile.readline().decode().strip()
        self.server.commands.append(line)
        if not line or (self.server.breaks_off_at and self.server.breaks_off_at in line):
            raise ConnectionAbortedError
        return line


class _Imap(_Line):
    def handle(self) -> None:
        self.say(b"* OK IMAP4rev1 ready")
        while True:
            tag, _space, command = self.heard().partition(" ")
            name = " ".join(command.split()[:2]) if command.upper().startswith("UID") else command.split()[0]
            getattr(self, "on_" + name.lower().replace(" ", "_"))(command)
            self.say(f"{tag} {self.outcome}".encode())
            if name.upper() == "LOGOUT":
                return

    outcome = "OK done"

    def on_capability(self, _command: str) -> None:
        self.say(b"* CAPABILITY IMAP4rev1 UIDPLUS")

    def on_login(self, command: str) -> None:
        good = re.fullmatch(rf'LOGIN "?{USER}"? "?{re.escape(PASSWORD)}"?', command)
        self.outcome = "OK done" if good else "NO wrong"

    def on_select(self, _command: str) -> None:
        self.say(b"* %d EXISTS" % len(self.server.held))
        self.say(b"* OK [UIDVALIDITY 1] valid")

    def on_uid_search(self, _command: str) -> None:
        free = [number for number, flags in self.server.flags.items() if not flags & {"\\Deleted", "\\Flagged"}]
        self.say(b"* SEARCH " + " ".join(map(str, sorted(free))).encode())

    def on_uid_fetch(self, command: str) -> None:
        numbers, most = re.fullmatch(r"UID FETCH (\S+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", command, re.I).groups()
        for number in self._numbers(numbers):
            content = self.server.held[number][: int(most)]
            self.say(b"* %d FETCH (UID %d BODY[]<0> {%d}" % (number, number, len(content)))
            self.say(content + b")")

    def on_uid_store(self, command: str) -> None:
        numbers, flag = re.fullmatch(r"UID STORE (\S+) \+FLAGS\.SILENT \((\S+)\)", command, re.I).groups()
        for number in self._numbers(numbers):
            self.server.flags[number].add(flag)

    def on_uid_expunge(self, command: str) -> None:
        for number in self._numbers(command.split()[2]):
            if "\\Deleted" in self.server.flags[number]:
                del self.server.held[number], self.server.flags[number]

    def on_logout(self, _command: str) -> None:
        self.say(b"* BYE")

    @staticmethod
    def _numbers(text: str) -> list[int]:
        found: list[int] = []
        for part in text.split(","):
            first, _colon, last = part.partition(":")
            found += range(int(first), int(last or first) + 1)
        return found


class _Pop(_Line):
    def handle(self) -> None:
        self.say(b"+OK ready")
        deleted: set[int] = set()
        places = dict(enumerate(sorted(self.server.held), 1))
        while True:
            words = self.heard().split()
            match words[0].upper():
                case "PASS":
                    self.say(b"+OK" if words[1] == PASSWORD else b"-ERR wrong")
                case "LIST" if len(words) == 2:
                    self.say(f"+OK {words[1]} {len(self.server.held[places[int(words[1])]])}".encode())
                case "LIST":
                    self.say(b"+OK")
                    for place, number in places.items():
                        self.say(b"%d %d" % (place, len(self.server.held[number])))
                    self.say(b".")
                case "RETR" | "TOP":
                    lines = self.server.held[places[int(words[1])]].split(b"\r\n")
                    lines = lines[: int(words[2])] if words[0].upper() == "TOP" else lines
                    self.say(b"+OK")
                    self.say(b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines))
                    self.say(b".")
                case "DELE":
                    deleted.add(places[int(words[1])])
                    self.say(b"+OK")
                case "QUIT":
                    for number in deleted:
                        del self.server.held[number], self.server.flags[number]
                    self.say(b"+OK")
                    return
                case _:
                    self.say(b"+OK")


class ImapServer(Server):
    handler = _Imap

    @property
    def url(self) -> str:
        return f"imap://{USER}:p%40ss%2Fword@127.0.0.1:{self.port}/INBOX"


class PopServer(Server):
    handler = _Pop

    @property
    def url(self) -> str:
        return f"pop://{USER}:p%40ss%2Fword@127.0.0.1:{self.port}"
