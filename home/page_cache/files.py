"""Django's cache of files, without reading the whole folder for every file that is written."""

from django.core.cache.backends.filebased import FileBasedCache

LOOK_EVERY = 100
"""After how many writings a cache looks whether there are too many files."""


class FileCache(FileBasedCache):
    """Holds up to ``MAX_ENTRIES`` files, and for each thread that writes up to :data:`LOOK_EVERY` more."""

    _until_look = 0

    def _cull(self) -> None:
        # Django lists all files here before each one that it writes: with thousands of them, that takes longer than
        # making the page that is kept. A page that is published writes a dozen.
        if self._until_look:
            self._until_look -= 1
            return
        self._until_look = LOOK_EVERY - 1
        super()._cull()  # type: ignore[misc]
