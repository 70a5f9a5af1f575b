"""What a person reads on the ticket."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.hardware import glyphs, ticket_paper
from devices.hardware.ticket_paper import CategoryWords, Layout, Ticket, WaitRange, Words, balanced, compose, wrap
from devices.simulated.escpos_stream import Command, Stream
from devices.simulated.paper import Head, Line, Paper

AT = datetime(2026, 11, 23, 2, 5, tzinfo=UTC)
TICKET = Ticket("t1", "A012", "A", AT, 7, WaitRange(12, 21))
LAYOUT = Layout(
    revision=3,
    hall=Words("东城区政务服务中心", "Dongcheng Government Service Centre"),
    categories={
        "A": CategoryWords("新设企业专区", "New enterprises", Words("1 层 A 区", "floor 1, zone A"), ("身份证",))
    },
)


def print_out(job: bytes) -> Paper:
    head, stream = Head(), Stream()
    for token in stream.feed(job):
        head.apply(token)
    assert stream.unknown == 0
    return Paper(head.take(), AT)


def lines(ticket: Ticket, layout: Layout = LAYOUT) -> list[str]:
    return print_out(compose(ticket, layout)).text.splitlines()


def test_a_ticket_names_number_category_place_people_and_the_range_of_the_wait() -> None:
    read = lines(TICKET)
    for expected in (
        "东城区政务服务中心",
        "A012",
        "新设企业专区",
        "New enterprises",
        "请到 1 层 A 区",
        "前面 7 人",
        "约等 12-21 分钟",
        "取号 2026-11-23 10:05",
        "· 身份证",
    ):
        assert expected in read


def test_a_ticket_names_its_own_floor_and_what_it_is_for() -> None:
    items = (Words("个体工商户设立登记", "Registration of a new self-employed business"), Words("居民身份证补领"))
    ticket = Ticket("t1", "A012", "A", AT, 7, floor=Words("二层", "Floor 2"), items=items, more_items=2)
    read = lines(ticket)
    for expected in ("请到 二层", "Go to Floor 2", "个体工商户设立登记", "居民身份证补领", "另有 2 项", "and 2 more"):
        assert expected in [line.strip() for line in read]
    assert not any("1 层 A 区" in line for line in read)


def test_a_ticket_names_the_papers_to_have_ready_instead_of_its_categorys() -> None:
    ticket = Ticket("t1", "A012", "A", AT, 7, bring=(Words("公司章程", "Articles"),), more_bring=3)
    read = lines(ticket)
    assert "· 公司章程" in read
    assert any("另有 3 份" in line for line in read)
    assert "· 身份证" not in read


def test_without_an_estimate_the_ticket_says_so() -> None:
    assert "等候 暂无预计" in lines(Ticket("t1", "A012", "A", AT, 7))


def test_the_time_is_the_halls() -> None:
    assert "取号 2026-11-23 03:05" in lines(TICKET, Layout(time_zone="Europe/Warsaw"))


def test_a_ticket_without_a_url_has_no_qr_code() -> None:
    assert not any("QR" in line for line in lines(TICKET))


def test_a_ticket_with_a_url_has_it_as_qr_code() -> None:
    ticket = Ticket("t1", "A012", "A", AT, 7, url="https://hall.example/t/1")
    assert "[QR https://hall.example/t/1]" in lines(ticket)
    assert any(line.startswith("[raster") for line in lines(ticket, Layout(qr="raster")))


def test_a_reprint_keeps_its_number_and_is_marked() -> None:
    first, again = lines(TICKET), lines(Ticket("t1", "A012", "A", AT, 7, WaitRange(12, 21), copy=2))
    assert not any("补打" in line for line in first)
    assert any("补打" in line for line in again)
    assert "A012" in again


def test_a_category_that_the_layout_does_not_know_is_named_by_its_letter() -> None:
    assert "A 类业务" in lines(TICKET, Layout())


@pytest.mark.parametrize(("number", "factor"), [("A012", 8), ("A1000", 8), ("A10000", 8), ("A1000000", 6)])
def test_the_number_is_as_large_as_the_paper_allows(number: str, factor: int) -> None:
    paper = print_out(compose(Ticket("t1", number, "A", AT, 7), LAYOUT))
    [run] = [run for stroke in paper.strokes if isinstance(stroke, Line) for run in stroke.runs if run.text == number]
    assert (run.style.width, run.style.height) == (factor, factor)


@pytest.mark.parametrize(("layout", "asked"), [(True, None), (False, True)])
def test_large_type_sets_every_chinese_fact_in_24_points(layout: bool, asked: bool | None) -> None:
    ticket = Ticket("t1", "A012", "A", AT, 7, WaitRange(12, 21), large=asked)
    paper = print_out(compose(ticket, Layout(LAYOUT.revision, LAYOUT.hall, categories=LAYOUT.categories, large=layout)))
    runs = [run for stroke in paper.strokes if isinstance(stroke, Line) for run in stroke.runs]
    facts = [run for run in runs if not run.text.isascii() and run.text != LAYOUT.hall.zh]
    assert min(run.style.height for run in facts) * 24 / 203 * 72 >= 24


def test_a_rare_hanzi_becomes_a_picture_of_its_line() -> None:
    if glyphs.font_file() is None:
        pytest.skip("no CJK font on this host (Debian: fonts-noto-cjk)")
    layout = Layout(footers=(Words("经办人 张𠮷"),))
    assert any(line.startswith("[raster") for line in lines(TICKET, layout))


def test_without_a_font_a_rare_hanzi_is_a_marked_placeholder_and_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ticket_paper.glyphs, "font_file", lambda: None)
    assert "经办人 张〓" in lines(TICKET, Layout(footers=(Words("经办人 张𠮷"),)))
    assert "font" in caplog.text


def test_a_name_with_control_characters_prints_no_command() -> None:
    layout = Layout(hall=Words("大厅\x1d(k\x03\x00\x10\x04\x02\x1bp\x00", "x\ny"))
    names = [token.name for token in Stream().feed(compose(TICKET, layout)) if isinstance(token, Command)]
    assert "GS ( k" not in names
    assert "DLE EOT" not in names
    assert "ESC p" not in names


def test_closing_punctuation_does_not_start_a_line() -> None:
    assert wrap("一二三四，五六", 8) == ["一二三", "四，五六"]


def test_english_breaks_at_spaces() -> None:
    assert wrap("Enterprise changes, deregistration", 24) == ["Enterprise changes,", "deregistration"]


def test_no_single_character_is_left_over() -> None:
    assert balanced("过号请到服务台补号", 16) == ["过号请到服", "务台补号"]


@given(st.text(alphabet="政务，。 abc1", max_size=60), st.integers(2, 48))
def test_lines_fit_and_nothing_but_spaces_is_lost(text: str, columns: int) -> None:
    wrapped = wrap(text, columns)
    assert all(glyphs.cells(line) <= columns for line in wrapped)
    assert "".join(wrapped).replace(" ", "") == text.replace(" ", "")


@given(
    st.builds(
        Ticket,
        ticket=st.just("t"),
        number=st.from_regex(r"[A-Z][0-9]{3,5}", fullmatch=True),
        category=st.sampled_from("AQ"),
        at=st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
        ahead=st.integers(0, 5000),
        wait_minutes=st.none() | st.builds(WaitRange, st.integers(0, 600), st.integers(0, 600)),
        copy=st.integers(0, 99),
        large=st.booleans(),
    )
)
def test_every_ticket_shows_its_number_and_fits_the_paper(ticket: Ticket) -> None:
    paper = print_out(compose(ticket, LAYOUT))
    assert ticket.number in paper.text.splitlines()
    for stroke in paper.strokes:
        if isinstance(stroke, Line):
            assert sum(glyphs.cells(run.text) * 12 * run.style.width for run in stroke.runs) <= 576
