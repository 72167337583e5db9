"""Managers at their dashboards: charts are drawn, tables say the same, and each sees own units only."""

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.checks import TARGET, inspect
from tests.browser.conftest import PHONE, Visits
from tests.browser.pages import sign_in
from tests.browser.served import Served
from tests.support import TREE

pytestmark = pytest.mark.xdist_group("browser")

COMPUTER = ViewportSize(width=1280, height=800)


def assert_drawn(page: Page) -> None:
    """Every chart is drawn, and described by a table that has rows."""
    charts = page.locator(".chart").all()
    assert charts
    for chart in charts:
        expect(chart.locator("svg.main-svg").first).to_be_visible()
        assert chart.locator("svg .bars path").count() > 0
        table = page.locator(f"table#{chart.get_attribute('aria-describedby')}")
        expect(table).to_be_visible()
        assert table.locator("tbody tr").count() > 0


@pytest.mark.parametrize(("size", "language", "dark"), [(PHONE, "nl", False), (COMPUTER, "en", True)])
def test_a_team_leader_sees_the_distribution_of_her_team(
    visit: Visits, served: Served, size: ViewportSize, language: str, dark: bool
) -> None:
    page = visit(language, size=size, dark=dark)
    page.goto("/account/inloggen")
    inspect(page, TARGET)
    sign_in(page, "leader@test.example")
    assert page.url == served.dashboard("Anemoon")
    expect(page.get_by_role("heading", level=1)).to_have_text("Anemoon")
    people = page.locator("#distribution-table tbody td:nth-of-type(1)").all_inner_texts()
    assert people
    assert all(any(c.isdigit() for c in cell) for cell in people)
    assert_drawn(page)
    inspect(page, TARGET)


def test_a_team_leader_cannot_open_another_unit(visit: Visits, served: Served) -> None:
    page = visit()
    sign_in(page, "leader@test.example")
    for other in set(served.units) - {"Anemoon"}:
        answer = page.goto(served.dashboard(other))
        assert answer is not None
        assert answer.status == 404
        expect(page.locator("main")).not_to_contain_text(other)


def test_a_location_manager_sees_the_location_and_its_teams(visit: Visits) -> None:
    page = visit()
    sign_in(page, "location@test.example")
    assert set(page.locator("nav.side li.location, nav.side li.team").all_inner_texts()) == {"Noord", *TREE["Noord"]}


def test_an_organisation_manager_sees_all(visit: Visits, served: Served) -> None:
    page = visit(size=COMPUTER)
    sign_in(page, "all@test.example")
    assert page.url == served.dashboard("Testzorg")
    assert_drawn(page)
    inspect(page, TARGET)
    units = page.locator("nav.side li[class]").all_inner_texts()
    assert set(units) == {"Testzorg", *TREE, *(team for teams in TREE.values() for team in teams)}
    for unit in units:
        page.locator("nav.side").get_by_role("link", name=unit, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(unit)
        assert page.url == served.dashboard(unit)


def test_a_team_too_small_is_not_shown(visit: Visits, served: Served) -> None:
    page = visit()
    sign_in(page, "all@test.example")
    page.goto(served.dashboard("Ekster"))
    expect(page.get_by_role("heading", name="Deze groep is niet apart te zien")).to_be_visible()
    assert page.locator(".chart, table").count() == 0
    inspect(page, TARGET)


def test_signing_in_needs_the_right_password(visit: Visits) -> None:
    page = visit()
    page.goto("/account/inloggen")
    page.locator("input[type=email]").fill("leader@test.example")
    page.locator("input[type=password]").fill("something else")
    page.get_by_role("button", name="Inloggen").click()
    expect(page.locator(".error")).to_have_text("Dit e-mailadres en dit wachtwoord horen niet bij elkaar.")
    inspect(page, TARGET)


def test_after_signing_out_the_dashboard_is_closed(visit: Visits, served: Served) -> None:
    page = visit()
    sign_in(page, "leader@test.example")
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inloggen")
    page.goto(served.dashboard("Anemoon"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Inloggen")
