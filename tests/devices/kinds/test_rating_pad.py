import asyncio

import msgspec
import pytest

from devices.kinds.rating_pad import NotAskedError
from devices.wire.vocabulary import AskRating
from tests.devices.kinds.desk import KindDesk


@pytest.fixture
def desk(start):
    made = KindDesk("rating_pad")
    start(made.device.run())
    return made


async def ask(desk, ticket="t1", seconds=20):
    await desk.hub.until(lambda: "description" in desk.hub.published)
    desk.hub.order(f"c-{ticket}", "ask-rating", AskRating(ticket=ticket, seconds=seconds))
    await desk.hub.until(lambda: (f"c-{ticket}", "done") in desk.hub.results())


async def test_done_means_that_the_question_is_on_the_glass(desk):
    await ask(desk)
    assert desk.device.question.ticket == "t1"
    assert "非常满意" in desk.shown[0]


async def test_an_answer_is_sent_once(desk):
    await ask(desk)
    await desk.device.rate("t1", 5)
    await desk.hub.until(lambda: len(desk.hub.intake.taken) == 1)
    assert msgspec.json.decode(desk.hub.intake.taken[0][1]) == {"ticket": "t1", "score": 5}
    with pytest.raises(NotAskedError):
        await desk.device.rate("t1", 5)


async def test_nobody_answers_what_was_not_asked_or_whose_time_is_over(desk):
    with pytest.raises(NotAskedError):
        await desk.device.rate("t1", 5)
    await ask(desk)
    with pytest.raises(NotAskedError):
        await desk.device.rate("another", 5)
    desk.clock.pass_seconds(21)
    with pytest.raises(NotAskedError):
        await desk.device.rate("t1", 5)
    assert desk.hub.intake.taken == []


async def test_a_new_question_takes_the_place_of_the_last_visitors(desk):
    await ask(desk, "t1")
    await ask(desk, "t2")
    assert desk.device.question.ticket == "t2"


@pytest.mark.parametrize("score", [0, 6])
async def test_a_score_is_one_to_five(desk, score):
    await ask(desk)
    with pytest.raises(ValueError, match="1 to 5"):
        await desk.device.rate("t1", score)


async def test_a_digit_typed_is_a_tap(desk):
    await desk.device.type_line("5")
    await ask(desk)
    await desk.device.type_line("very good")
    await desk.device.type_line("4")
    await asyncio.sleep(0)
    assert [desk.shown[0], desk.shown[-1]] == ["现在没有评价 Nothing to rate now", "谢谢 Thank you"]
