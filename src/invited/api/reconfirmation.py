"""The report on re-confirmation as the API and the organizer's page show it."""

from __future__ import annotations

from typing import NamedTuple, Self

from pydantic import BaseModel, Field

from invited.domain import reconfirmation as domain
from invited.domain.reconfirmation import SILENT


class Since(BaseModel):
    """What those who had not answered before have answered since."""

    accepted: int
    declined: int
    tentative: int


class Again(Since):
    """What those who had given one answer before answer now."""

    silent: int = Field(description="They have not answered since, whether or not they were told of the change.")


class Was(BaseModel):
    """By the last answer before the change."""

    accepted: Again
    declined: Again
    tentative: Again


class Reconfirmation(BaseModel):
    """Former answers against those of now, to the last change of the whole event that asked everybody again."""

    sequence: int | None = Field(description="The SEQUENCE of that change; null if there was none: then all are 0.")
    was: Was
    new: Since

    @classmethod
    def of(cls, report: domain.Reconfirmation) -> Self:
        """`report` as it is shown."""
        return cls.model_validate({"sequence": report.sequence or None, "was": report.was, "new": report.new})


class Row(NamedTuple):
    """One line of the page's table."""

    was: str
    accepted: int
    tentative: int
    declined: int
    silent: int | None


def rows(report: domain.Reconfirmation) -> tuple[Row, ...]:
    """The page's table, nothing where nobody was asked again."""
    if not report.sequence:
        return ()
    titles = {"accepted": "Yes", "tentative": "Maybe", "declined": "No"}
    asked = [_row(title, report.was[was], report.was[was][SILENT]) for was, title in titles.items()]
    return (*asked, _row("No answer", report.new, None))


def _row(title: str, now: domain.Tally, silent: int | None) -> Row:
    return Row(title, now["accepted"], now["tentative"], now["declined"], silent)
