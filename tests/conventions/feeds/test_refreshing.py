"""Refreshing feeds from a service on this machine: whole, polite, resumable; what is in use stays until told."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from conventions.errors import ClearingHouseError
from conventions.feeds.refreshing import difference, refresh, take
from conventions.feeds.service import PATIENCE, TRIES, USER_AGENT, Service
from conventions.feeds.sets import SETS
from conventions.feeds.store import Fetched, Store
from conventions.languages import LANGUAGES
from conventions.texts import texts
from tests.conventions.feeds.server import Asked, Behaviour, Recorder, Reply, decision, json_page, paged, serving

DECISIONS = SETS["Decisions"]
MANY = [decision(number) for number in range(250)]


@pytest.fixture
def slept() -> list[float]:
    """How long the client waited, instead of waiting."""
    return []


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "feeds")


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with serving(paged(MANY)) as running:
        yield running


def fetch(recorder: Recorder, store: Store, slept: list[float] | None = None) -> Fetched:
    with Service(recorder.url, sleep=(slept if slept is not None else []).append) as service:
        return refresh(service, store, DECISIONS)


def refused(recorder: Recorder, store: Store, behaviour: Behaviour, slept: list[float] | None = None) -> str:
    """The code of the error, after which what is in use is what it was."""
    before = store.current(DECISIONS)
    recorder.behaviour = behaviour
    with pytest.raises(ClearingHouseError) as error:
        fetch(recorder, store, slept)
    assert store.current(DECISIONS) == before
    return error.value.code


def test_all_pages_and_no_more(recorder: Recorder, store: Store) -> None:
    """Three pages of a hundred hold 250 decisions; the number of all says that no fourth is to be asked for."""
    assert len(fetch(recorder, store).entities) == 250
    assert recorder.skips == ["0", "100", "200"]


def test_a_service_that_does_not_count(recorder: Recorder, store: Store) -> None:
    """Without the number of all, an empty page says that there is no more."""
    recorder.behaviour = paged(MANY, counted=False)
    assert len(fetch(recorder, store).entities) == 250
    assert recorder.skips == ["0", "100", "200", "250"]


@pytest.mark.parametrize("counted", [True, False])
def test_a_service_with_smaller_pages(recorder: Recorder, store: Store, counted: bool) -> None:
    """A service that sends forty at a time whatever it is asked for is asked more often, and nothing is skipped."""
    recorder.behaviour = paged(MANY, largest=40, counted=counted)
    assert len(fetch(recorder, store).entities) == 250
    assert recorder.skips[:3] == ["0", "40", "80"]


def test_pages_that_the_service_itself_links(recorder: Recorder, store: Store) -> None:
    """A token for the next page is given back; an address on another machine is not followed."""

    def behave(asked: Asked) -> Reply:
        if "$skiptoken" in asked:
            return json_page(MANY[100:200], after="https://elsewhere.example/informea.svc/Decisions?$skiptoken=x")
        skip = int(asked["$skip"])
        return json_page(MANY[skip : skip + 100], after="Decisions?$skiptoken=page2" if skip == 0 else "")

    recorder.behaviour = behave
    assert len(fetch(recorder, store).entities) == 250
    assert [asked.get("$skiptoken") for asked in recorder.asked] == [None, "page2", None, None]


def test_what_is_asked_for(recorder: Recorder, store: Store) -> None:
    """Only the three conventions, with their texts along, by a client that says what it is."""
    fetch(recorder, store)
    asked = recorder.asked[0]
    assert asked["path"] == "/informea.svc/Decisions" and asked["agent"] == USER_AGENT
    assert asked["$filter"] == "treaty eq 'basel' or treaty eq 'rotterdam' or treaty eq 'stockholm'"
    assert asked["$expand"].split(",")[:2] == ["title", "longTitle"] and asked["$top"] == "100"


def test_a_pause_between_requests(recorder: Recorder, store: Store, slept: list[float]) -> None:
    """One second between two requests, none before the first."""
    fetch(recorder, store, slept)
    assert slept == [1.0, 1.0]


def busy(times: int, headers: dict[str, str], status: int = 429) -> Behaviour:
    left = iter(range(times))
    return lambda asked: paged(MANY)(asked) if next(left, None) is None else Reply(status=status, headers=headers)


def test_a_busy_service_says_when(recorder: Recorder, store: Store, slept: list[float]) -> None:
    """`Retry-After` is heard in seconds and as a date; without it the wait grows."""
    recorder.behaviour = busy(1, {"Retry-After": "7"})
    fetch(recorder, store, slept)
    assert 7.0 in slept
    slept.clear()
    recorder.behaviour = busy(1, {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(seconds=60))}, 503)
    fetch(recorder, store, slept)
    assert any(50 < seconds <= 60 for seconds in slept)
    slept.clear()
    recorder.behaviour = busy(3, {}, 502)
    fetch(recorder, store, slept)
    assert slept[:5] == [2.0, 1.0, 4.0, 1.0, 8.0]


def test_a_service_that_stays_busy(recorder: Recorder, store: Store, slept: list[float]) -> None:
    """It is not asked without end, and not waited for for hours."""
    assert refused(recorder, store, busy(99, {}), slept) == "feed-down"
    assert len(recorder.asked) == TRIES
    assert refused(recorder, store, busy(99, {"Retry-After": "86400"}), slept) == "feed-down"
    assert len(recorder.asked) == TRIES + 1 and max(slept) <= PATIENCE


def test_a_service_that_is_down(store: Store) -> None:
    """Nobody listens: it is tried again, then said; what is in use stays."""
    with serving(paged(MANY)) as recorder:
        fetch(recorder, store)
        take(store, DECISIONS)
    assert refused(recorder, store, paged(MANY)) == "feed-down"
    current = store.current(DECISIONS)
    assert current is not None and len(current.entities) == 250


def test_a_service_that_never_comes_to_an_end(recorder: Recorder, store: Store) -> None:
    """Byte after byte within each time limit, and still too slow: the page as a whole has one."""
    recorder.behaviour = lambda _: Reply(b" " * 200, drip=0.05)
    with Service(recorder.url, longest=0.3) as service, pytest.raises(ClearingHouseError) as error:
        refresh(service, store, DECISIONS)
    assert error.value.code == "feed-down"


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (lambda _: Reply(status=404), "feed-refused"),
        (lambda _: Reply(status=403, body=b"<html>no</html>"), "feed-refused"),
        (lambda _: Reply(status=302, headers={"Location": "/informea.svc/Decisions"}), "feed-refused"),
        (lambda _: Reply(b"<!doctype html><p>Maintenance"), "feed-shape"),
        (lambda _: json_page([{"uuid": "1"}]), "feed-shape"),
        (lambda _: Reply(b'{"d": {"results": [{"id": "d-1", "num'), "feed-broken"),
        (lambda _: Reply(b'{"d"', promised=5000), "feed-broken"),
        (lambda _: Reply(b"not gzip", headers={"Content-Encoding": "gzip"}), "feed-broken"),
        (lambda _: json_page(MANY[:100], 250), "feed-repeats"),
        (lambda _: Reply(b" " * 20_000_001), "feed-too-large"),
    ],
    ids=["404", "403", "redirects", "html", "shape", "half", "cut off", "garbled", "repeats", "too large"],
)
def test_whatever_is_wrong_what_is_in_use_stays(
    recorder: Recorder, store: Store, behaviour: Behaviour, code: str
) -> None:
    """Each fault has its name, nothing waits to be taken in, and the last good data is what it was."""
    fetch(recorder, store)
    take(store, DECISIONS)
    assert refused(recorder, store, behaviour) == code
    assert store.waiting(DECISIONS) is None


def test_a_fetch_goes_on_where_it_stopped(recorder: Recorder, store: Store) -> None:
    """The third page came by half: the two before are kept, and next time only the third is asked for."""
    whole = paged(MANY)
    assert refused(recorder, store, lambda asked: whole(asked) if asked["$skip"] != "200" else Reply(b'{"d":')) == (
        "feed-broken"
    )
    recorder.asked.clear()
    recorder.behaviour = whole
    assert len(fetch(recorder, store).entities) == 250
    assert recorder.skips == ["200"]
    assert store.part(DECISIONS) is None


def test_a_fetch_of_yesterday_or_of_elsewhere_begins_anew(recorder: Recorder, store: Store) -> None:
    """What was fetched more than a day ago, or from another address, is no beginning to go on from."""
    old = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    for part in (Fetched(recorder.url, old, 100), Fetched("https://elsewhere.example", skip=100)):
        store.keep_part(DECISIONS, part)
        recorder.asked.clear()
        assert len(fetch(recorder, store).entities) == 250
        assert recorder.skips == ["0", "100", "200"]


def test_pages_that_repeat_are_not_gone_on_from(recorder: Recorder, store: Store) -> None:
    """After a feed repeated itself, the next fetch begins at the beginning."""
    assert refused(recorder, store, lambda _: json_page(MANY[:100])) == "feed-repeats"
    recorder.asked.clear()
    recorder.behaviour = paged(MANY)
    assert len(fetch(recorder, store).entities) == 250 and recorder.skips[0] == "0"


def test_fewer_than_said_and_suddenly_none(recorder: Recorder, store: Store) -> None:
    """A feed that ends before the number it gave, or is empty where there was something, is not complete."""
    fetch(recorder, store)
    take(store, DECISIONS)
    assert refused(recorder, store, lambda asked: json_page(MANY[int(asked["$skip"]) : 150][:100], 250)) == (
        "feed-incomplete"
    )
    assert refused(recorder, store, lambda _: json_page([], 0)) == "feed-incomplete"


def test_an_empty_feed_at_first(recorder: Recorder, store: Store) -> None:
    """Where there was nothing, nothing is fine."""
    recorder.behaviour = lambda _: json_page([], 0)
    assert fetch(recorder, store).entities == {}


def test_nothing_changes_until_it_is_taken_in(recorder: Recorder, store: Store) -> None:
    """Fetched data waits, the difference is shown, and only taking in puts it in use; what was before is kept."""
    fetch(recorder, store)
    assert store.current(DECISIONS) is None and len(difference(store, DECISIONS).added) == 250
    take(store, DECISIONS)
    changed = [decision(5, "Another title") if each["id"] == "d-5" else each for each in [*MANY[1:], decision(250)]]
    recorder.behaviour = paged(changed)
    fetch(recorder, store)
    found = difference(store, DECISIONS)
    assert (set(found.added), set(found.removed), found.changed) == ({"d-250"}, {"d-0"}, {"d-5": ("title",)})
    in_use = store.current(DECISIONS)
    assert in_use is not None and "d-0" in in_use.entities
    taken = take(store, DECISIONS)
    assert taken == store.current(DECISIONS) and "d-0" not in taken.entities
    before = json.loads((store.folder / "Decisions.before.json").read_text(encoding="utf-8"))
    assert "d-0" in before["entities"]
    with pytest.raises(ClearingHouseError) as nothing:
        take(store, DECISIONS)
    assert nothing.value.code == "nothing-fetched"


def test_the_same_again_is_no_difference(recorder: Recorder, store: Store) -> None:
    """Another order of pages, texts and files changes nothing."""
    fetch(recorder, store)
    take(store, DECISIONS)
    recorder.behaviour = paged(MANY[::-1])
    fetch(recorder, store)
    assert not difference(store, DECISIONS)


def test_a_spoilt_file_is_said(recorder: Recorder, store: Store) -> None:
    """What is stored and cannot be read is neither taken for nothing nor overwritten."""
    fetch(recorder, store)
    take(store, DECISIONS)
    path = store.folder / "Decisions.json"
    for content in ("", "{", "[]", '{"service": "x", "entities": []}', '{"other": 1, "entities": {}}'):
        path.write_text(content)
        with pytest.raises(ClearingHouseError) as error:
            store.current(DECISIONS)
        assert error.value.code == "feed-unreadable" and path.read_text() == content


@pytest.mark.parametrize("language", LANGUAGES)
def test_faults_speak_six_languages(recorder: Recorder, store: Store, language: str) -> None:
    """What is wrong with a feed is said in the reader's language, with its name."""
    recorder.behaviour = lambda _: Reply(status=404)
    with pytest.raises(ClearingHouseError) as error:
        fetch(recorder, store)
    sentence = error.value.sentence(texts(language))
    assert "Decisions" in sentence and "HTTP 404" in sentence
    assert (sentence == str(error.value)) == (language == "en")
