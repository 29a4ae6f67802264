"""Who allows personal links: how many do may not tell of each who does, though it is known where nobody does."""

from outreach.reach.disclosure import Published, protect

from .attacker import key, table
from .test_tables import cells, shown

GENDERS = ("woman", "man", "another", "undisclosed", "")


def seen(*, women, men):
    """Of 16 women and 20 men how many allow personal links; nobody clicked. Which totals of these are hidden."""
    people = table({"gender": GENDERS}, {("woman",): 16, ("man",): 20})
    nobody = table({"gender": GENDERS}, {})
    allow = table({"gender": GENDERS}, {("woman",): women, ("man",): men})
    counts = {"accepted": people, "people": people, "clicked": nobody, "clickers": nobody}
    counts |= {"trackable": {key(): women + men}, "trackable_people": allow}
    return counts, protect(counts=counts, k=5)


def test_total_of_who_allows_links_does_not_tell_it_of_all_but_few_of_the_only_gender_that_does():
    """That no man does is read from his clicks, which are unknown: the total would be that of the women."""
    _counts, hidden = seen(women=13, men=0)
    assert key() in hidden["trackable_people"]
    assert key() in hidden["trackable"]


def test_total_of_who_allows_links_is_shown_where_it_leaves_a_range_to_each_gender():
    _counts, hidden = seen(women=13, men=9)
    assert key(gender="woman") in hidden["trackable_people"]
    assert key() not in hidden["trackable_people"]


def test_period_does_not_give_away_a_total_of_who_allows_links_that_one_broadcast_hides():
    past, sums = [], {}
    for number, (women, men) in enumerate([(13, 0), (8, 9)]):
        counts, hidden = seen(women=women, men=men)
        past.append(Published(number, counts, hidden))
        sums = {
            name: {each: sums.get(name, {}).get(each, 0) + value for each, value in cells.items()}
            for name, cells in counts.items()
        }
    assert key() not in past[1].hidden["trackable"]
    hidden = protect(counts=sums, k=5, members=frozenset({0, 1}), past=past)
    assert key() in hidden["trackable"]


def test_rate_of_all_is_not_told_where_all_women_and_nobody_else_allow_personal_links(ledger):
    """That no man does is read from his clicks: beside the total it would be told of each woman."""
    ended = ledger.broadcast()
    for woman in ledger.deliver(ended, 20, tracks_clicks=True)[:8]:
        ledger.event(woman)
    ledger.deliver(ended, 30, gender="man")
    ledger.count(ended)
    rates = {label: texts[8] for label, texts in cells(shown(ended), "gender").items()}
    assert (rates["Woman"], rates["Man"], rates["All"]) == ("hidden", "–", "hidden")
