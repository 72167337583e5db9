"""What somebody learns of a visitor who asks for `/metrics` before and after: nothing, also alone in the night."""

import itertools
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from tests.adversary.test_audit_log import return_and_leave, take_part
from tests.conftest import make_app
from tests.support import World
from tests.web.test_metrics import NIGHT, with_metrics
from zelfscan.web import metrics
from zelfscan.web.access import Access
from zelfscan.web.metrics import exposition, see


@pytest.fixture
def app(world: World, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(metrics, "now", lambda: NIGHT)
    return make_app(with_metrics(world))


def seen(app: Flask) -> str:
    return app.test_client().get("/metrics").text


def whole_visit(client: FlaskClient, world: World) -> None:
    return_and_leave(client, take_part(client, world))


def differences(app: Flask, *visits: Callable[[], object]) -> list[str]:
    """Attack: the lines of `/metrics` that are other ones after some visit than before it."""
    pages = [seen(app)]
    for visit in visits:
        visit()
        pages.append(seen(app))
    return [line for old, new in itertools.pairwise(pages) for line in set(old.splitlines()) ^ set(new.splitlines())]


def test_taking_a_scan_changes_nothing(app: Flask, world: World) -> None:
    client = app.test_client()
    steps = [
        lambda: client.get("/"),
        lambda: client.post(f"/s/{world.tokens['Anemoon']}"),
        lambda: client.post("/scan/1", data={"apps.openen": "3", "apps.zoeken": "4", "apps.nut": "2"}),
        lambda: client.post("/uitkomst", data={"send": "team", "keep": "code", "go": "next"}),
        lambda: client.get("/uitkomst/code"),
        lambda: whole_visit(app.test_client(), world),
    ]
    assert differences(app, *steps) == []


def test_nor_does_it_an_hour_later(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told of the last whole hour is the same for an hour with a visit as for one without."""
    pages = []
    for hour, visit in enumerate((lambda: None, lambda: whole_visit(app.test_client(), world), lambda: None)):
        monkeypatch.setattr(metrics, "now", lambda hour=hour: NIGHT + timedelta(hours=hour))
        visit()
        pages.append(seen(app))
    assert len(set(pages)) == 1


def test_a_counter_of_requests_would_be_found(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    requests: list[int] = []
    app.after_request_funcs.setdefault(None, []).append(lambda response: requests.append(1) or response)
    monkeypatch.setattr(
        metrics, "exposition", lambda found: exposition(found) + f"requests_total {len(requests)}\n".encode()
    )
    assert differences(app, lambda: whole_visit(app.test_client(), world)) != []


def test_the_processor_time_would_be_found(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is why it is not in there: deriving the keys of a code takes more of it than any page."""
    import time

    monkeypatch.setattr(
        metrics, "exposition", lambda found: exposition(found) + f"cpu_seconds {time.process_time():.2f}\n".encode()
    )
    assert differences(app, lambda: whole_visit(app.test_client(), world)) != []


def hour_after_a_crash(world: World, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str, str]:
    """What is told before a view crashes, in the hour of it, and in the next."""

    def crash() -> None:
        raise RuntimeError

    monkeypatch.setattr(metrics, "now", lambda: NIGHT)
    here, method = make_app(with_metrics(world)), "POST" if endpoint == "outcome.finish" else "GET"
    crash.access = Access.PUBLIC  # type: ignore[attr-defined]
    here.view_functions[endpoint] = crash
    rule = next(rule for rule in here.url_map.iter_rules() if rule.endpoint == endpoint)
    before = seen(here)
    assert here.test_client().open(rule.rule, method=method).status_code == 500
    meanwhile = seen(here)
    monkeypatch.setattr(metrics, "now", lambda: NIGHT + timedelta(hours=1))
    return before, meanwhile, seen(here)


def test_an_error_while_finishing_looks_like_any_error(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it is not told in the hour in which it was."""
    finishing, elsewhere = (hour_after_a_crash(world, name, monkeypatch) for name in ("outcome.finish", "pages.home"))
    assert finishing == elsewhere
    before, meanwhile, after = finishing
    assert before == meanwhile
    assert set(after.splitlines()) - set(before.splitlines()) == {'zelfscan_errors{status="500"} 1.0'}


def test_nothing_in_it_is_a_counter_or_names_a_page_a_person_or_a_round(app: Flask, world: World) -> None:
    page = seen(app)
    families = list(text_string_to_metric_families(page))
    assert {family.type for family in families} == {"gauge"}
    labels = {label for family in families for sample in family.samples for label in sample.labels}
    assert labels == {"version", "tables", "status"}
    assert not [word for word in (world.round_id, *world.tokens.values(), *world.units, "/s/") if word in page]


def test_what_is_told_is_made_of_nothing_but_these(world: World) -> None:
    found = see(world.installation.database, metrics.Hours(metrics.hour_of(NIGHT)), NIGHT)
    assert set(vars(found)) == {"program", "tables", "started", "seconds", "memory", "errors"}
