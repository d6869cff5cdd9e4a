from hypothesis import given
from hypothesis import strategies as st

from invited.domain.branding import LEAST, contrast, ink, link, link_in_dark, picture_type

COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(COLORS)
def test_whatever_colour_is_chosen_can_be_read(color):
    assert contrast(color, ink(color)) >= LEAST
    assert contrast(link(color), "#ffffff") >= LEAST
    assert contrast(link_in_dark(color), "#1b212b") >= LEAST


@given(COLORS, COLORS)
def test_contrast_is_mutual_and_within_its_bounds(one, other):
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


def test_a_colour_that_can_be_read_stays_as_it_is():
    assert link("#b3002d") == "#b3002d"


def test_a_logo_is_told_by_how_it_begins():
    assert picture_type(b"\x89PNG\r\n\x1a\n...") == "image/png"
    assert picture_type(b"\xff\xd8\xff...") == "image/jpeg"
    for other in (b"", b"<svg xmlns=", b"GIF89a", b"RIFF....WEBP"):
        assert picture_type(other) == ""
