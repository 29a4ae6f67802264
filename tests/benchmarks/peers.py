"""Two other ways to send the same mail from Django, each in a process of its own that prints how long it took.

``python -m tests.benchmarks.peers loop|post_office MAIL PORT COUNT FOLDER``: ``MAIL`` is one of the product's mails.
Its links become variables of a template, which is filled with as many signed links for each person. ``loop`` is what
Django's documentation shows: a message object each, over one connection. ``post_office`` queues all of them first,
which is not counted, and then sends them with one process and five threads, which records each one's outcome.
"""

import email
import email.policy
import json
import re
import sys
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import django
from django.conf import settings

from tests.ground.environment import SITE_URL

LINK = re.compile(re.escape(SITE_URL) + r"/[\w/-]+")
SENDER = "Campaign <campaign@example.org>"


def _configure(port: int, folder: Path) -> None:
    settings.configure(
        SECRET_KEY="for-the-proving-ground-only-" * 3,
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": folder / "post_office.sqlite3",
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 20,
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
                },
            }
        },
        TEMPLATES=[
            {"BACKEND": "post_office.template.backends.post_office.PostOfficeTemplates", "APP_DIRS": True},
            {"BACKEND": "django.template.backends.django.DjangoTemplates"},
        ],
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        EMAIL_TIMEOUT=30,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        POST_OFFICE={
            "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
            "THREADS_PER_PROCESS": 5,
            "BATCH_SIZE": 1_000_000,
            "LOG_LEVEL": 0,
            "LOCK_FILE_NAME": str(folder / "post_office"),
        },
        USE_TZ=True,
    )
    django.setup()


class Letter:
    """One mail as templates, and the names of its links."""

    def __init__(self, path: Path) -> None:
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
        assert plain is not None
        assert rich is not None
        self.subject = str(mail["Subject"])
        self.names: dict[str, str] = {}
        self.text, self.html = (LINK.sub(self._variable, part.get_content()) for part in (plain, rich))

    def _variable(self, found: "re.Match[str]") -> str:
        name = self.names.setdefault(found[0], f"link{len(self.names)}")
        return "{{ " + name + " }}"

    def links(self, number: int) -> dict[str, str]:
        """The links of one person, each with a signature."""
        from django.core.signing import Signer

        signer = Signer(salt="links")
        return {name: f"{SITE_URL}/r/{signer.sign(f'{number}:{name}')}" for name in self.names.values()}


def loop(letter: Letter, count: int) -> Callable[[], None]:
    """Django's own way."""
    from django.core.mail import EmailMultiAlternatives, get_connection
    from django.template import Context, Template

    text, html = Template(letter.text), Template(letter.html)

    def send() -> None:
        with get_connection() as connection:
            for number in range(count):
                context = Context(letter.links(number))
                address = f"person{number}@example.org"
                unsubscribe = {"List-Unsubscribe": f"<{context['link0']}>"}
                message = EmailMultiAlternatives(
                    letter.subject, text.render(context), SENDER, [address], connection=connection, headers=unsubscribe
                )
                message.attach_alternative(html.render(context), "text/html")
                message.send()

    return send


def post_office(letter: Letter, count: int) -> Callable[[], None]:
    """django-post_office's way."""
    from django.core.management import call_command
    from post_office import mail
    from post_office.models import STATUS, Email, EmailTemplate

    call_command("migrate", verbosity=0)
    template = EmailTemplate.objects.create(
        name="letter", subject=letter.subject, content=letter.text, html_content=letter.html
    )
    mail.send_many(
        {
            "recipients": [f"person{number}@example.org"],
            "sender": SENDER,
            "template": template,
            "context": letter.links(number),
            "render_on_delivery": True,
        }
        for number in range(count)
    )

    def send() -> None:
        call_command("send_queued_mail", processes=1)
        sent = Email.objects.filter(status=STATUS.sent).count()
        if sent != count:
            raise RuntimeError(f"{sent} of {count} were sent")

    return send


def main() -> None:
    """Send, and print the seconds as JSON."""
    way, mail, port, count, folder = sys.argv[1:]
    _configure(int(port), Path(folder))
    send = {"loop": loop, "post_office": post_office}[way](Letter(Path(mail)), int(count))
    begun, cpu = time.monotonic(), time.process_time()
    send()
    print(json.dumps({"seconds": time.monotonic() - begun, "cpu": time.process_time() - cpu}))


if __name__ == "__main__":
    main()
