"""Load the demo site."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from home.demo.content import Content, ContentError
from home.demo.load import load


class Command(BaseCommand):
    """Builds what is missing of the demo site; run again, it adds what is new and keeps what editors changed."""

    help = (
        "Build the demo site: English pages, and the translations whose catalogues in home/demo/content are complete."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """``--strict`` for where a missing translation is an error."""
        parser.add_argument(
            "--strict", action="store_true", help="Exit with 1 if a catalogue leaves anything untranslated."
        )

    def handle(self, *args: Any, strict: bool, **options: Any) -> None:
        """Load, and say what is missing."""
        try:
            report = load(content=Content())
        except (ContentError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"en: {report.created} pages created")
        for language in report.languages:
            self.stdout.write(f"{language.language}: {language.published} pages published")
            for page, texts in language.missing.items():
                self.stdout.write(f"  {page} waits for:")
                for text in texts:
                    self.stdout.write(f"    {text}")
        if strict and any(language.missing for language in report.languages):
            raise CommandError("Some texts are not translated.")
