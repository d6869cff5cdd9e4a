import pytest

from invited.domain.suppression import Cause, Suppression
from invited.domain.visitor import REFUSED
from tests.facts import NOW


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("unsubscribed", Cause.UNSUBSCRIBED),
        ("complained: abuse", Cause.COMPLAINED),
        ("bounced: 550 no", Cause.BOUNCED),
        (REFUSED, Cause.UNSUBSCRIBED),
        ("imported", Cause.OTHER),
        ("Bounced to us", Cause.OTHER),
        ("", Cause.OTHER),
    ],
)
def test_a_reason_tells_its_kind(reason, kind):
    assert Suppression("a@x.example", "", reason, NOW).kind is kind
