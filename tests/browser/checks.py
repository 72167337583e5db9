"""What must hold on every page: no finding of axe-core, no scrolling sideways, targets large enough to hit."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

AXE = Axe()
WIDTHS = (320, 390, 1280)
SCAN_TARGET, TARGET = 44, 24
"""Least height in pixels of what one presses: on the pages of an employee, and elsewhere."""
OPEN_FOLDS = "document.querySelectorAll('details').forEach(fold => { fold.open = true; })"
STICKING_OUT = """async () => {
  const root = document.scrollingElement;
  for (let frames = 0; frames < 120 && root.scrollWidth > root.clientWidth; frames++)
    await new Promise(requestAnimationFrame);
  if (root.scrollWidth <= root.clientWidth) return [];
  const out = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > root.clientWidth);
  return [`${root.scrollWidth} px wide`, ...out.map(e => e.outerHTML.slice(0, 100))];
}"""
"""What is wider than the window; a chart gets some frames to follow the window."""
TOO_LOW = """least => [...document.querySelectorAll("button, a.button, nav a, summary, label.answer, input.entry")]
  .map(e => [e, e.getBoundingClientRect()])
  .filter(([e, box]) => box.width > 0 && box.height < least - 0.01)
  .map(([e, box]) => `${box.height} px: ${e.outerHTML.slice(0, 100)}`)"""
FOCUS = """() => {
  const drawn = e => getComputedStyle(e).outlineStyle !== "none" && parseFloat(getComputedStyle(e).outlineWidth) >= 2;
  const e = document.activeElement, around = e.closest("label"), box = (around || e).getBoundingClientRect();
  return {
    tag: e.localName, type: e.type || "", name: e.name || "", value: e.value || "", checked: !!e.checked,
    text: (around || e).textContent.trim(), html: e.outerHTML.slice(0, 120),
    drawn: drawn(e) || (!!around && drawn(around)),
    inside: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


def inspect(page: Page, least: int = SCAN_TARGET) -> None:
    """Everything that must hold on a page, in its folded parts too; `least` is the height of its targets."""
    page.evaluate(OPEN_FOLDS)
    assert_accessible(page)
    assert_targets(page, least)
    assert_fits(page)


def assert_accessible(page: Page) -> None:
    """axe-core finds nothing."""
    found = AXE.run(page)
    assert found.violations_count == 0, f"{page.url} ({language_of(page)}):\n{found.generate_report()}"


def assert_fits(page: Page) -> None:
    """The page scrolls up and down only, on a small phone as on a computer."""
    before = page.viewport_size
    for width in WIDTHS:
        page.set_viewport_size(ViewportSize(width=width, height=844))
        found = page.evaluate(STICKING_OUT)
        assert not found, f"{page.url} at {width} px: {found}"
    if before:
        page.set_viewport_size(before)


def assert_targets(page: Page, least: int) -> None:
    """Everything that one presses is high enough for a thumb."""
    found = page.evaluate(TOO_LOW, least)
    assert not found, f"{page.url}: {found}"


def focused(page: Page) -> dict[str, object]:
    """The element with the focus; it has to be in sight, with an outline."""
    found: dict[str, object] = page.evaluate(FOCUS)
    assert found["drawn"], f"no visible focus on {found['html']} of {page.url}"
    assert found["inside"], f"the focus is out of sight on {found['html']} of {page.url}"
    return found


def language_of(page: Page) -> str:
    """The language that the page says it is in."""
    return page.locator("html").get_attribute("lang") or ""
