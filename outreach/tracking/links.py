"""The links of one person's copy: personal where they consented, else shared by their cohort or by everybody."""

from django.conf import settings

from outreach.broadcasts.rendering import LinkAddresses
from outreach.delivery.freeze import Dimensions, cohort_index, cohort_of
from outreach.delivery.models import Delivery

from .tokens import Token, Use, mint


class TrackedLinks:
    """Makes links for the engine; remembers the cohorts of each broadcast that it met, which never change."""

    def __init__(self) -> None:
        self._cohorts: dict[int, dict[Dimensions, int]] = {}
        self._views: dict[int, str] = {}

    def of(self, delivery: Delivery) -> LinkAddresses:
        """The addresses for ``delivery``: a token each for clicking, leaving and, with consent, the open pixel."""
        click = f"{settings.SITE_URL}/r/{mint(self._click_token(delivery))}"
        return LinkAddresses(
            clicks=[f"{click}/{number}" for number in range(1, len(delivery.message.links) + 1)],
            unsubscribe=_address("u", Use.UNSUBSCRIBE, delivery),
            view=self._view_address(delivery),
            open_pixel=_address("o", Use.OPEN, delivery) if self._may_track_opens(delivery) else "",
        )

    def _view_address(self, delivery: Delivery) -> str:
        address = self._views.get(delivery.message_id)
        if address is None:
            path = view_path(message=delivery.message_id, language=delivery.message.language)
            address = self._views[delivery.message_id] = settings.SITE_URL + path
        return address

    @staticmethod
    def _may_track_opens(delivery: Delivery) -> bool:
        return delivery.tracks_opens and delivery.subscription.allows_open_tracking

    def _click_token(self, delivery: Delivery) -> Token:
        # Who took the consent back after the audience was fixed is not tracked any more.
        if delivery.tracks_clicks and delivery.subscription.allows_click_tracking:
            return Token(Use.PERSONAL_CLICK, delivery.message_id, delivery.pk)
        index = self._cohorts.get(delivery.broadcast_id)
        if index is None:
            index = self._cohorts[delivery.broadcast_id] = cohort_index(delivery.broadcast_id)
        return Token(Use.COHORT_CLICK, delivery.message_id, cohort_of(delivery, index))


def _address(path: str, use: Use, delivery: Delivery) -> str:
    return f"{settings.SITE_URL}/{path}/{mint(Token(use, delivery.message_id, delivery.pk))}"


def view_path(*, message: int, language: str) -> str:
    """The public page of an e-mail, which names no receiver; below another language it leads to the message's own.

    Written out, so that a worker need not load every address of the site.
    """
    return f"/{language}/messages/{mint(Token(Use.VIEW, message, 0))}/"
