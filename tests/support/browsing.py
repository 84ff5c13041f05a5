"""What the tests of pages need: windows, a page that is watched, and how far its text stands out."""

from __future__ import annotations

from typing import Any

WINDOWS = {"narrow": 400, "wide": 1400}

CONTRAST = """() => {
  const parse = c => c.match(/[\\d.]+/g).map(Number)
  const channel = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor)
      if (c.length < 4 || c[3] > 0) return c
    }
    return [255, 255, 255]
  }
  const poor = new Set()
  for (const e of document.querySelectorAll("body *")) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x)
    if ((a + 0.05) / (b + 0.05) < 4.5) poor.add(`${e.tagName}.${e.className}`)
  }
  return [...poor]
}"""


class Watched:
    """A page without scripts, with what it said and asked for."""

    def __init__(self, chromium: Any, address: str, width: int, script: bool = False) -> None:
        context = chromium.new_context(viewport={"width": width, "height": 900}, java_script_enabled=script)
        self.page = context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(address)

    def shown(self) -> set[str]:
        """The ids of the claims that can be seen."""
        ids = self.page.locator("article").evaluate_all(
            "all => all.filter(a => a.checkVisibility()).map(a => a.id.replaceAll('-', '.'))"
        )
        return set(ids)
