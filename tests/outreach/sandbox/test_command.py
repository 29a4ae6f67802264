import os
import signal
import smtplib
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from outreach.demo.ports import free_ports


def test_taken_port_gets_one_line(settings, sandbox_in_use, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings.SANDBOX_SMTP_PORT = taken.getsockname()[1]
        with pytest.raises(CommandError) as caught:
            call_command("sandbox")

    assert f"Port {settings.SANDBOX_SMTP_PORT} is taken." in str(caught.value)
    assert "\n" not in str(caught.value)


def test_command_says_so_where_there_is_nothing_to_stand_in_for(nothing_to_stand_in_for):
    with pytest.raises(CommandError, match="nothing to stand in for"):
        call_command("sandbox")


@pytest.mark.parametrize("farewell", [signal.SIGTERM, signal.SIGINT])
def test_both_servers_answer_until_they_are_told_to_end(tmp_path: Path, farewell):
    smtp_port, bot_port = free_ports(0, 0)
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "SANDBOX_SMTP_PORT": str(smtp_port),
        "SANDBOX_BOT_API_PORT": str(bot_port),
    }
    command = [sys.executable, "manage.py", "sandbox", "--skip-checks"]
    with subprocess.Popen(command, env=environment, cwd=django_settings.BASE_DIR, stdout=subprocess.PIPE) as process:
        try:
            said = [process.stdout.readline().decode(), process.stdout.readline().decode()]
            with smtplib.SMTP("127.0.0.1", smtp_port, timeout=5) as smtp:
                greeted = smtp.noop()[0]
            name = requests.get(f"http://127.0.0.1:{bot_port}/bot1:sandbox/getMe", timeout=5).json()["result"][
                "username"
            ]
            waiting = socket.create_connection(("127.0.0.1", smtp_port), timeout=5)
            process.send_signal(farewell)
            status = process.wait(timeout=10)
            waiting.close()
        finally:
            process.kill()

    assert said == [f"mail server: 127.0.0.1:{smtp_port}\n", f"Bot API server: http://127.0.0.1:{bot_port}\n"]
    assert (greeted, name, status) == (250, "sandbox_bot", 0)
