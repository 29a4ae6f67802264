"""What was read while figures could still change, beside the exact ones that are read later."""

from itertools import product

import pytest

from outreach.reach.disclosure import AtLeast, FewerThan, Hidden
from outreach.reach.provisional import cell_of, rounded_count, rounded_part
from outreach.reach.tables import EVALUATORS_K as K
from outreach.reach.tables import PUBLIC_K, report


def width(values):
    """How far apart the values are that are still possible."""
    return max(values) - min(values)


@pytest.mark.parametrize("k", [K, PUBLIC_K - 1])
@pytest.mark.parametrize("whole", range(10, 70))
def test_part_that_was_rounded_does_not_tell_how_few_are_left_of_an_exact_whole(whole, k):
    for rest in range(1, k):
        seen = rounded_part(whole - rest, whole, k)
        possible = [count for count in range(whole + 1) if rounded_part(count, whole, k) == seen]
        assert width(possible) >= k, (rest, seen)


@pytest.mark.parametrize("name", ["withdrawn", "open_trackable"])
@pytest.mark.parametrize("accepted", range(10, 70))
def test_part_of_what_was_accepted_does_not_tell_for_how_few_it_does_not_hold(accepted, name):
    def seen(count):
        return rounded_count(name, {name: count, "accepted": accepted}, K)

    for rest in range(1, K):
        assert width([count for count in range(accepted + 1) if seen(count) == seen(accepted - rest)]) >= K, rest


@pytest.mark.parametrize("accepted", [8, 20, 34, 57, 96, 97])
def test_attempted_that_was_rounded_does_not_tell_how_few_bounced_or_failed_otherwise(accepted):
    def attempted(bounced, otherwise):
        counts = {"accepted": accepted, "bounced": bounced, "attempted": accepted + bounced + otherwise}
        return rounded_count("attempted", counts, K)

    ends = list(product(range(25), repeat=2))
    for bounced, otherwise in product(range(1, K), repeat=2):
        possible = [each for each in ends if attempted(*each) == attempted(bounced, otherwise)]
        for seen in (lambda each: each[0], lambda each: each[1], sum):
            assert width([seen(each) for each in possible]) >= K
        # What bounced is read exactly later, and so is everything where it is not small.
        known = [each[1] for each in ends if each[0] == 20 and attempted(*each) == attempted(20, otherwise)]
        assert width(known) >= K


@pytest.mark.parametrize(("count", "told"), [(37, AtLeast(30)), (9, FewerThan(10)), (None, Hidden())])
def test_total_is_told_in_tens_or_kept_back(count, told):
    assert cell_of(count) == told


def cells(**asked):
    return {figure.metric.slug: figure.cell for figure in report(**asked).figures}


@pytest.mark.django_db
def test_people_of_two_broadcasts_do_not_tell_beside_the_messages_how_few_got_both(ledger):
    """Of 94 messages 92 people got one or more; at least 90 people would leave 0 to 4 who got two."""
    first, second = ledger.broadcast("One"), ledger.broadcast("Two")
    people = [each.subscriber_id for each in ledger.deliver(first, 47)]
    ledger.deliver(second, people=[*people[:2], *range(1000, 1045)])
    ledger.close(first, second)
    assert cells()["people"] == AtLeast(80)


@pytest.mark.django_db
def test_people_of_two_broadcasts_of_which_many_got_both_are_rounded_once(ledger):
    first, second = ledger.broadcast("One"), ledger.broadcast("Two")
    people = [each.subscriber_id for each in ledger.deliver(first, 47)]
    ledger.deliver(second, people=people[:40])
    ledger.close(first, second)
    assert cells()["people"] == AtLeast(40)


@pytest.mark.django_db
def test_clicks_of_all_but_few_who_allow_them_to_be_seen_are_rounded_down_once_more(ledger):
    ended = ledger.broadcast()
    for delivery in ledger.deliver(ended, 32, tracks_clicks=True)[:30]:
        ledger.event(delivery)
    ledger.count(ended)
    assert cells(broadcast=ended.pk)["clicked"] == AtLeast(20)
