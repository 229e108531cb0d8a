"""What axe finds on a page, and what the page's own policy blocks."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

_SOURCE = Path(__file__).resolve().parents[2] / "admin-ui" / "node_modules" / "axe-core" / "axe.min.js"
_LISTEN = """
window.blocked = [];
const still = new CSSStyleSheet();  // colours that fade are those of neither scheme
still.replaceSync("* { transition: none !important; animation: none !important }");
document.adoptedStyleSheets = [still];
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) =>
  window.blocked.push(`${violatedDirective}: ${blockedURI} (${sourceFile})`));
"""
_RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
      `${id}: ${target.join(" ")} (${failureSummary.split("\\n").slice(1).join(" ").trim()})`));
}"""


def watch(page: Page) -> None:
    """Put axe into every page that opens from now on, and note what the Content-Security-Policy blocks."""
    page.add_init_script(_LISTEN)
    page.add_init_script(path=_SOURCE)


def found(page: Page) -> list[str]:
    """Return what axe calls serious or critical."""
    troubles: list[str] = page.evaluate(_RUN)
    return troubles


def blocked(page: Page) -> list[str]:
    """Return what the Content-Security-Policy has blocked since the page was loaded."""
    lines: list[str] = page.evaluate("window.blocked")
    return lines
