"""Which views a hub keeps, and who reads the log for them."""

from __future__ import annotations

from dataclasses import dataclass

from hub.core.hub import Hub
from hub.core.readers import Readers
from hub.log.cursors import Cursors
from hub.log.port import LogReader
from hub.views.cases.book import CaseBook
from hub.views.consultation_book import ConsultationBook
from hub.views.history import DayHistory
from hub.views.rating_book import RatingBook
from hub.views.report.desk import Reports
from hub.views.report.folds import DayFolds
from hub.views.report.history import DayReports
from hub.views.wanted_files import WantedRecord


@dataclass(frozen=True, slots=True)
class Views:
    """All read the same log and write into the file of ``cursors``."""

    cursors: Cursors
    cases: CaseBook
    ratings: RatingBook
    consultations: ConsultationBook
    reports: Reports
    readers: Readers


def views_of(hub: Hub, reading: LogReader, cursors: Cursors) -> Views:
    """``reading`` belongs to the readers' worker thread."""
    folds = DayFolds(reading, hub.codec)
    cases = CaseBook(reading, cursors, hub.codec)
    ratings = RatingBook(reading, cursors, hub.codec)
    consultations = ConsultationBook(reading, cursors, hub.codec)
    kept = [
        DayHistory(hub.codec),
        DayReports(folds, hub.codec),
        ratings.record,
        cases.index,
        WantedRecord(hub.codec),
        consultations.record,
    ]
    readers = Readers(reading, cursors, kept, hub.head)
    return Views(cursors, cases, ratings, consultations, Reports(reading, folds, cursors, hub.now), readers)
