"""Write the catalogue of the demo's texts for translators."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from home.demo import catalogue
from home.demo.content import Content, ContentError


class Command(BaseCommand):
    """Writes ``home/demo/content/messages.pot``; copy it to ``<language>.po`` or merge it with ``msgmerge``."""

    help = "Write home/demo/content/messages.pot: every text of the demo site that can be translated."

    def handle(self, *args: Any, **options: Any) -> None:
        """Extract, write, and say how much."""
        content = Content()
        try:
            messages = catalogue.extract(content)
        except (ContentError, OSError) as error:
            raise CommandError(str(error)) from error
        path = content.folder / "content" / "messages.pot"
        messages.save(str(path))
        self.stdout.write(f"{len(messages)} texts written to {path}")
