"""How a line of the log is written: without anybody's address.

An error's text may quote one, whatever library it comes from, and a log goes where nobody can erase a person.
"""

import logging
import re

LEFT_OUT = "…"
MAILBOX = re.compile(r"""[^\s<>@"'`(),;:=\[\]{}|/]+(?:@|%40)[^\s<>@"'`(),;:\[\]{}|/]+""")
CHAT = re.compile(
    r"""(?P<before>chat(?:_id)?\b["']?\s*[:=]?\s*)-?\d{4,}|(?<![\w.:-])-?\d{6,}(?![\w:-])""", re.IGNORECASE
)


class Line(logging.Formatter):
    """Leaves out mail addresses everywhere, and what may be the number of a chat in errors."""

    def format(self, record: logging.LogRecord) -> str:
        """The whole line, with the error behind it."""
        # What another handler kept of the error, it kept with all that stands in it.
        record.exc_text = None
        return MAILBOX.sub(LEFT_OUT, super().format(record))

    def formatException(self, ei: "logging._SysExcInfoType") -> str:
        """The error; its numbers of six digits and more are left out."""
        return CHAT.sub(lambda found: (found["before"] or "") + LEFT_OUT, super().formatException(ei))
