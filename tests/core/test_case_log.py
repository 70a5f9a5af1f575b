"""A case read beside the writer: its state, its history and its sealed values, without the writer's memory."""

from __future__ import annotations

from pathlib import Path

from tests.web.cases import LI, WANG, open_for_cases, opened, post
from tests.web.running import running_hall


async def test_a_case_is_read_whole_and_the_last_applicant_counts(tmp_path: Path) -> None:
    async with running_hall(tmp_path) as hall:
        await open_for_cases(hall.hub)
        log = hall.app.state.site.case_log
        async with hall.signed_in("clerk") as client:
            case = await opened(client, "A03", "id")
            first = log.read(case)
            await post(client, f"/{case}/applicant", **WANG)
        record = log.read(case)
        assert (first.applicant.name, first.applicant.identity) == (LI["name"], LI["identity"])
        assert (record.applicant.name, record.applicant.kind) == (WANG["name"], "person")
        assert record.case == hall.hub.writer.state(f"case/{case}")
        assert [type(event).__name__ for _, event in record.told][-1] == "ApplicantChanged"
        assert log.read("nobody") is None
        assert log.read("0" * 32) is None
        assert f"case/{'0' * 32}" not in hall.hub.writer._streams
