"""Which reactions a hub has: what each kind of committed entry asks for."""

from __future__ import annotations

from hub.core.case_log import CaseLog
from hub.core.case_messages import CaseMessages
from hub.core.hub import Hub
from hub.core.low_ratings import LowRatings
from hub.core.reactions import Reactions
from hub.core.recomputed_deadlines import RecomputedDeadlines
from hub.core.recounted_dues import RecountedDues
from hub.core.unstaffed_steps import UnstaffedSteps
from hub.domain.cases.almanac import almanac_of
from hub.log.cursors import Cursors
from hub.log.port import LogReader
from hub.notices.file_sink import FileSink
from hub.views.cases.book import CaseBook
from hub.views.rating_book import RatingBook
from hub.web.access.store import AccessStore
from hub.web.review import able


def reactions_of(
    hub: Hub,
    case_log: CaseLog,
    reading: LogReader,
    cursors: Cursors,
    access: AccessStore,
    book: RatingBook,
    cases: CaseBook,
) -> Reactions:
    """All of them; ``reading`` reads the log in their worker thread."""
    return Reactions(
        hub,
        reading,
        cursors,
        [
            LowRatings(hub),
            RecountedDues(hub, book.provisional),
            RecomputedDeadlines(hub, lambda: cases.recounted(almanac_of(hub.hall(), hub.today))),
            UnstaffedSteps(hub, case_log, lambda department, role: able(access.reviewers(), department, role)),
            CaseMessages(hub, reading, FileSink(hub.paths.notices, hub.profile().hall.timezone)),
        ],
    )
