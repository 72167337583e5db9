"""Fixtures: a served installation, and a Chromium that visits it."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, Page, ViewportSize, expect, sync_playwright

from tests.browser.served import Served, serve
from tests.browser.trail import Trail

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-quic", "--no-first-run")
PHONE = ViewportSize(width=390, height=844)
PATIENCE = 15_000
"""Milliseconds to wait for a condition before a test fails."""


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The installation that all browser tests visit."""
    with serve(tmp_path_factory.mktemp("served")) as running:
        yield running


def chromium() -> str | None:
    """Path of the Chromium to use; None for the one that Playwright downloads."""
    return os.environ.get("ZELFSCAN_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A running Chromium. Without one the tests fail: a browser test that is skipped shows nothing."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        try:
            launched = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        except Error as error:
            pytest.fail(
                f"No Chromium could be started ({chromium() or 'the one of Playwright'}). `make chromium` installs "
                f"one; or set ZELFSCAN_TEST_CHROMIUM to the path of yours.\n{error.message}"
            )
        yield launched
        launched.close()


class Visits:
    """Opens pages in browsers of their own: a call is a new phone or computer, without cookies."""

    def __init__(self, browser: Browser, served: Served) -> None:
        self.browser, self.served = browser, served
        self.trail = Trail(served.address)

    def __call__(
        self, language: str = "nl", size: ViewportSize = PHONE, dark: bool = False, scripts: bool = True
    ) -> Page:
        """A new browser with an empty page.

        Args:
            language: of its reader, chosen before.
            size: of its window.
            dark: whether it prefers dark colours.
            scripts: whether JavaScript is on.
        """
        context = self.browser.new_context(
            base_url=self.served.address,
            viewport=size,
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
        )
        context.set_default_timeout(PATIENCE)
        context.add_cookies([{"name": "zelfscan_language", "value": language, "url": self.served.address}])
        self.trail.follow(context)
        return context.new_page()


@pytest.fixture
def visit(browser: Browser, served: Served) -> Iterator[Visits]:
    """Opens pages; at the end of the test no browser may have complained, or asked anything of another host."""
    visits = Visits(browser, served)
    yield visits
    for context in visits.trail.contexts:
        context.close()
    assert visits.trail.problems == []
