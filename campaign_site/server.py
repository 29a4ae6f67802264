"""Gunicorn's settings: ``gunicorn -c python:campaign_site.server``.

The project's settings are read here, in the master and before any worker, so that a wrong value ends the start with its
one line. The application itself is loaded in each worker: charts can't be drawn in a process that forked after drawing.
"""

from gunicorn.http import message

from . import settings

wsgi_app = "campaign_site.wsgi"
bind = f"127.0.0.1:{settings.PORT}"
worker_class = "gthread"
workers = 2
threads = 4
timeout = 60
graceful_timeout = 5
loglevel = "warning"
control_socket_disable = True
# A search of ten thousand letters is refused by the search, in the reader's language, and not by the server with a page
# of its own. Gunicorn allows half of this, and caps what is set by its constant.
limit_request_line = message.MAX_REQUEST_LINE = 16_380
