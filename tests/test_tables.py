import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from invited.tables import lines, original

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(st.lists(CELLS, min_size=1), min_size=1))
def test_a_table_is_read_back_and_runs_nowhere(rows):
    read = list(csv.reader(io.StringIO(lines(rows), newline=""), strict=True))
    cells = [cell for row in read for cell in row]
    assert len(cells) == sum(len(row) for row in rows)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)


@given(st.from_regex(r"[=+@-]?[a-z]{1,9}@x\.example", fullmatch=True))
def test_an_address_comes_back_as_it_was(address):
    (row,) = csv.reader([lines([[address]])])
    assert original(row[0]) == address
