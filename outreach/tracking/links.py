"""The links of one person's copy: personal where they consented, else shared by their cohort or by everybody."""

from django.conf import settings

from outreach.channels.built import Built, LinkAddresses, Numbered
from outreach.delivery.freeze import Dimensions, cohort_index, cohort_of
from outreach.delivery.ledger import Claimed

from .hits.targets import HONEYPOT
from .tokens import Token, Use, mint, mint_together


class TrackedLinks:
    """Makes links for the engine; remembers the click token of each cohort that it met, which never changes."""

    def __init__(self) -> None:
        self._site = settings.SITE_URL
        self._cohorts: dict[int, dict[Dimensions, int]] = {}
        self._shared: dict[tuple[int, Dimensions], str] = {}
        self._views: dict[int, str] = {}

    def of(self, delivery: Claimed, *, built: Built) -> LinkAddresses:
        """The addresses for ``delivery``: a token each for clicking, leaving and, with consent, the open pixel."""
        site = self._site
        own = mint_together(message=delivery.message, number=delivery.number)
        click = own.click if delivery.tracks_clicks else self._cohort_token(delivery)
        return LinkAddresses(
            clicks=Numbered(f"{site}/r/{click}/", len(built.links)),
            unsubscribe=f"{site}/u/{own.unsubscribe}",
            view=self._view_address(delivery.message, built.language),
            open_pixel=f"{site}/o/{own.open}" if delivery.tracks_opens else "",
            trap=f"{site}/r/{click}/{HONEYPOT}",
        )

    def _view_address(self, message: int, language: str) -> str:
        address = self._views.get(message)
        if address is None:
            address = self._views[message] = self._site + view_path(message=message, language=language)
        return address

    def _cohort_token(self, delivery: Claimed) -> str:
        exact = (delivery.segment, delivery.gender, delivery.language, delivery.channel)
        shared = self._shared.get((delivery.message, exact))
        if shared is None:
            index = self._cohorts.get(delivery.broadcast)
            if index is None:
                index = self._cohorts[delivery.broadcast] = cohort_index(delivery.broadcast)
            shared = mint(Token(Use.COHORT_CLICK, delivery.message, cohort_of(exact, index)))
            self._shared[delivery.message, exact] = shared
        return shared


def view_path(*, message: int, language: str) -> str:
    """The public page of an e-mail, which names no receiver; below another language it leads to the message's own.

    Written out, so that a worker need not load every address of the site.
    """
    return f"/{language}/messages/{mint(Token(Use.VIEW, message, 0))}/"
