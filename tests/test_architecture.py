"""The pure packages stay pure, and services and queries know no web framework."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "zelfscan"
PURE = ("banks", "scoring", "digitypes", "privacy")
FEATURES = ("organisations", "rounds", "scan", "outcome", "dashboard")


def imports(path: Path) -> set[str]:
    """Names of the modules that a file imports, at any depth of its code."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def breaches(paths: list[Path], forbidden: tuple[str, ...]) -> list[str]:
    return [
        f"{path.relative_to(PACKAGE)}: {name}"
        for path in paths
        for name in sorted(imports(path))
        if any(name == word or name.startswith(f"{word}.") for word in forbidden)
    ]


@pytest.mark.parametrize("package", PURE)
def test_pure_packages_know_no_web_no_database_and_no_feature(package: str) -> None:
    forbidden = ("flask", "flask_wtf", "flask_babel", "wtforms", "sqlalchemy", "zelfscan.db", "zelfscan.web")
    forbidden += tuple(f"zelfscan.{feature}" for feature in FEATURES)
    assert breaches(sorted((PACKAGE / package).rglob("*.py")), forbidden) == []


def test_services_and_queries_know_no_web() -> None:
    names = ("services.py", "queries.py", "models.py")
    paths = [path for feature in FEATURES for name in names for path in (PACKAGE / feature).rglob(name)]
    assert breaches(paths, ("flask", "flask_wtf", "flask_babel", "wtforms")) == []


def test_features_do_not_use_each_other_s_routes() -> None:
    paths = [path for feature in FEATURES for path in (PACKAGE / feature).glob("*.py")]
    assert breaches(paths, tuple(f"zelfscan.{feature}.routes" for feature in FEATURES)) == []


def test_dashboards_know_no_scan_and_no_vault() -> None:
    forbidden = ("zelfscan.scan", "zelfscan.outcome.services", "zelfscan.outcome.models", "zelfscan.outcome.building")
    assert breaches(sorted((PACKAGE / "dashboard").glob("*.py")), forbidden) == []
