import pytest

from invited.domain.suppression import Kind, Suppression
from invited.domain.visitor import REFUSED
from tests.facts import NOW


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("unsubscribed", Kind.UNSUBSCRIBED),
        ("complained: abuse", Kind.COMPLAINED),
        ("bounced: 550 no", Kind.BOUNCED),
        (REFUSED, Kind.UNSUBSCRIBED),
        ("imported", Kind.OTHER),
        ("Bounced to us", Kind.OTHER),
        ("", Kind.OTHER),
    ],
)
def test_a_reason_tells_its_kind(reason, kind):
    assert Suppression("a@x.example", "", reason, NOW).kind is kind
