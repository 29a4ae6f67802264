"""Random secrets that outlive the key under which they are kept."""

from django.db import models


class KeyedSecret(models.Model):
    """A random secret, kept encrypted under ``FIELD_ENCRYPTION_KEY``, so that turning that key over leaves it the same.

    The one in use, ``address-hash``, keys the hashes by which addresses are found and suppressed.
    """

    name = models.CharField(max_length=40, unique=True)
    encrypted = models.TextField()

    def __str__(self) -> str:
        return self.name
