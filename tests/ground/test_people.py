import pytest

from outreach.audience.models import Subscriber, Subscription, Suppression
from tests.ground import people


@pytest.mark.django_db
def test_everybody_has_an_address_of_their_own_that_can_be_read() -> None:
    addresses = people.populate(people=200, mix=people.BOTH_CHANNELS)

    assert len(set(addresses.values())) == len(addresses) == Subscription.objects.count()
    assert all((row.channel, row.address) == addresses[row.pk] for row in Subscription.objects.all())
    assert Suppression.objects.exists()
    assert Subscription.objects.filter(state=Subscription.State.LEFT).exists()


@pytest.mark.django_db(transaction=True)
def test_a_crowd_written_at_once_is_as_the_models_would_have_made_it() -> None:
    people.multiply(people=1000)

    assert Subscriber.objects.count() == Subscription.objects.count() == 1000
    assert Subscriber.objects.filter(group=people.RARE_GROUP).count() == 10
    assert {row.address for row in Subscription.objects.all()} == {people.email_address(n) for n in range(16)}
    assert Subscription.objects.filter(allows_click_tracking=True).count() == 500
    newest = Subscriber.objects.create(language="en")
    assert newest.pk > Subscription.objects.order_by("-subscriber").values_list("subscriber", flat=True)[0]
