"""The steps of an import that a person takes: upload, try, carry out, drop.

Each changes the row only from the states in which it is open, so that a second click does nothing. Times are UTC.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Max
from django.utils.crypto import salted_hmac
from wagtail.log_actions import LogActionRegistry, log
from wagtail.models import ModelLogEntry

from outreach.audience.models import Consent, Import, ImportRefusal, JoinRequest

from . import parts
from .columns import remember
from .declared import Declaration
from .labels import ACTIONS
from .reading import look

if TYPE_CHECKING:
    from django.contrib.auth.models import User

UPLOADED = "outreach.import.upload"
State = Import.State
UNFINISHED = (State.UPLOADED, State.TRYING, State.TRIED, State.RUNNING)


def register_actions(actions: LogActionRegistry) -> None:
    """Tell Wagtail's log what the steps are called."""
    for name, (label, message) in ACTIONS.items():
        actions.register_action(f"outreach.import.{name}", label, message)


@transaction.atomic
def upload(*, file: BinaryIO, name: str, user: "User", now: datetime, form: str = "") -> Import:
    """Keep a file whose columns are to be named; raises :class:`~.failures.Unreadable` and keeps nothing.

    ``form`` names the form that was filled in. The same file out of the same form is the import that it made before,
    as after a double click, unless that has ended without being carried out.
    """
    layout = look(file)
    mark = _mark(form, file) if form else ""
    # Two requests at the same moment take their turns.
    get_user_model().objects.select_for_update().get(pk=user.pk)
    if mark and (before := _made_before(mark, user)):
        return before
    made = Import.objects.create(
        file_name=_harmless(name),
        header=layout.header,
        dialect=layout.dialect,
        rows_total=layout.rows,
        made_by=user,
        made_at=now,
    )
    parts.store(of=made, file=file)
    log(instance=made, action=UPLOADED, user=user, data={"rows": layout.rows, **({"mark": mark} if mark else {})})
    return made


def _mark(form: str, file: BinaryIO) -> str:
    """Tells a form with a file from every other, and nothing of what is in the file without our key."""
    mark = salted_hmac("outreach.import", form, algorithm="sha256")
    file.seek(0)
    while piece := file.read(parts.PART_BYTES):
        mark.update(piece)
    return str(mark.hexdigest())


def _made_before(mark: str, user: "User") -> Import | None:
    """The import that the log has under this mark."""
    entry = ModelLogEntry.objects.filter(action=UPLOADED, user=user, data__mark=mark).order_by("pk").last()
    if entry is None:
        return None
    return Import.objects.filter(pk=entry.object_id).exclude(state__in=[State.DROPPED, State.FAILED]).first()


def _harmless(name: str) -> str:
    """The end of a file's name, or only its ending where an address might be in it."""
    name = name.replace("\\", "/").rpartition("/")[2]
    if "@" in name:
        name = f"list.{name.rpartition('.')[2]}" if "@" not in name.rpartition(".")[2] else "list"
    return "".join(letter for letter in name if letter.isprintable())[-120:] or "list"


@transaction.atomic
def begin_trial(*, of: Import, columns: Mapping[str, int], declared: Declaration, now: datetime) -> bool:
    """Let a worker find out what the list would change; whether it was open to that."""
    began = Import.objects.filter(pk=of.pk, state__in=[State.UPLOADED, State.TRIED]).update(
        state=State.TRYING,
        mapping=dict(columns),
        options=declared.as_options(),
        counts={},
        rows_done=0,
        attempts=0,
        lease_until=None,
    )
    if began:
        ImportRefusal.objects.filter(of=of).delete()
        remember(header=of.header, mapping=columns, now=now)
    return bool(began)


@transaction.atomic
def carry_out(*, of: Import, user: Any, now: datetime) -> bool:
    """Let a worker write what the trial found; whether it was open to that. Logged with who wanted it."""
    tried = Import.objects.select_for_update().filter(pk=of.pk, state=State.TRIED).first()
    if tried is None:
        return False
    tried.state, tried.rows_done, tried.attempts, tried.lease_until = State.RUNNING, 0, 0, None
    tried.options = {
        **tried.options,
        "mails_from": _mails_from(now).isoformat(),
        "actor": user.pk,
        "actor_name": user.get_username(),
    }
    tried.save(update_fields=["state", "rows_done", "attempts", "lease_until", "options"])
    ImportRefusal.objects.filter(of=tried).delete()
    declared = Declaration.of(tried)
    log(
        instance=tried,
        action="outreach.import.carry_out",
        user=user,
        data={"rows": tried.rows_total, "proven": declared.proven, "updates": declared.updates},
    )
    return True


def _mails_from(now: datetime) -> datetime:
    """When the first mail of a list may go out: after those of the lists before it."""
    waiting = JoinRequest.objects.filter(method=Consent.Method.IMPORT, mails=0, confirmed_at=None)
    last: datetime | None = waiting.aggregate(last=Max("due_at"))["last"]
    return max(now, last) if last else now


@transaction.atomic
def drop(*, of: Import, user: Any, now: datetime) -> bool:
    """End an import and forget its file; what it has already written stays. Whether there was something to end."""
    ended = _end(of, now, failure="")
    if ended:
        log(instance=of, action="outreach.import.drop", user=user)
    return ended


@transaction.atomic
def end_for_erased(*, of: Import, now: datetime) -> bool:
    """Drop an import because its file names somebody who is being erased; whether there was something to end."""
    ended = _end(of, now, failure="erased 0")
    if ended:
        log(instance=of, action="outreach.import.erased")
    return ended


def _end(of: Import, now: datetime, *, failure: str) -> bool:
    ended = Import.objects.filter(pk=of.pk, state__in=UNFINISHED).update(
        state=State.DROPPED, failure=failure, ended_at=now, lease_until=None
    )
    if ended:
        parts.forget(of=of)
    return bool(ended)
