"""The programs of the demo: web server, worker, and the sandbox where no real mail server or bot is set."""

import os
import sys
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from django.conf import settings

from .ports import HOST, answers, free_ports
from .supervisor import Program


def environment() -> dict[str, str]:
    """This process's environment, with the ports that the sandbox will really have."""
    mail, bot_api = free_ports(settings.SANDBOX_SMTP_PORT, settings.SANDBOX_BOT_API_PORT)
    return {
        **os.environ,
        "PORT": str(settings.PORT),
        "SANDBOX_SMTP_PORT": str(mail),
        "SANDBOX_BOT_API_PORT": str(bot_api),
        "PYTHONUNBUFFERED": "1",
    }


def programs(environment: dict[str, str]) -> list[Program]:
    """What to start; the worker waits for the sandbox, which it talks to."""
    manage = [sys.executable, "manage.py"]
    server = [sys.executable, "-m", "gunicorn", "--config", "python:campaign_site.server"]
    worker = [*manage, "worker", "--skip-checks"]
    web = Program("web", server, web_is_healthy)
    ports = [int(environment["SANDBOX_SMTP_PORT"])] if settings.SANDBOX_EMAIL else []
    ports += [int(environment["SANDBOX_BOT_API_PORT"])] if settings.SANDBOX_TELEGRAM else []
    if not ports:
        return [web, Program("worker", worker)]
    sandbox = Program("sandbox", [*manage, "sandbox", "--skip-checks"], _all_answer(ports))
    return [sandbox, web, Program("worker", worker, after="sandbox")]


def web_is_healthy() -> bool:
    """Whether the web server answers, asked under the site's own host name."""
    asked = HTTPConnection(HOST, settings.PORT, timeout=5)
    try:
        asked.request("GET", "/health/", headers={"Host": urlsplit(settings.SITE_URL).netloc})
        return asked.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        asked.close()


def _all_answer(ports: list[int]) -> Callable[[], bool]:
    return lambda: all(answers(port) for port in ports)
