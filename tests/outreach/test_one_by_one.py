import pytest
from django.db import DataError, InterfaceError, OperationalError

from outreach.one_by_one import alone


@pytest.mark.parametrize("error", [ValueError("no"), DataError("too long")])
def test_what_goes_wrong_with_one_is_logged_and_holds_up_no_other(caplog, error):
    done = []
    for number in range(3):
        with alone("number %s could not be done", number):
            if number == 1:
                raise error
            done.append(number)

    assert done == [0, 2]
    [record] = caplog.records
    assert record.getMessage() == "number 1 could not be done"
    assert record.exc_info[1] is error


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
def test_a_database_that_is_away_makes_everything_wait(caplog, error):
    with pytest.raises(type(error)), alone("it could not be done"):
        raise error

    assert not caplog.records
