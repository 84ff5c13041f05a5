"""Holds what the tests of pages need: windows, a page that is watched, and how far its text stands out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

WINDOWS = {"narrow": 400, "middle": 800, "wide": 1400, "print": 680}
"""Pixels of a window; A4 less two margins of 15 mm is 680 of them."""
SHOTS = os.environ.get("LYDITE_SHOTS")
"""Where pictures of the pages are kept; nowhere, if it is not set."""

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

OVERLAPS = """() => {
  const boxes = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node; (node = walker.nextNode());) {
    const at = node.parentElement
    if (!node.data.trim() || !at.checkVisibility() || at.closest(".spoken, .wide, .skip, math, script, style")) continue
    const scroll = at.closest(".scroll, .formula")?.getBoundingClientRect()
    const range = document.createRange()
    range.selectNodeContents(node)
    for (const b of range.getClientRects())
      if (b.width > 1 && (!scroll || b.right <= scroll.right + 1))
        boxes.push([b.left, b.top, b.right, b.bottom, node.data.trim().slice(0, 40)])
  }
  boxes.sort((a, b) => a[1] - b[1])
  const found = []
  boxes.forEach((a, i) => {
    for (const b of boxes.slice(i + 1)) {
      if (b[1] > a[3]) break
      const wide = Math.min(a[2], b[2]) - Math.max(a[0], b[0])
      const high = Math.min(a[3], b[3]) - Math.max(a[1], b[1])
      if (wide > 2 && high > 0.4 * Math.min(a[3] - a[1], b[3] - b[1])) found.push([a[4], b[4]])
    }
  })
  return found
}"""
"""Texts that lie one on the other, in pairs; of what scrolls, those that can be seen."""

COLUMNS = """label => {
  const table = document.querySelector(`table[aria-label="${label}"]`)
  const seen = cells => [...cells].filter(c => c.checkVisibility()).map(c => [c, c.getBoundingClientRect()])
  const heads = seen(table.tHead.rows[0].cells)
  const common = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left)
  return [...table.tBodies[0].rows].map(row => Object.fromEntries(seen(row.cells).map(([cell, box]) => {
    const [head] = heads.reduce((best, one) => common(one[1], box) > common(best[1], box) ? one : best)
    return [head.innerText.trim(), (cell.querySelector("[aria-hidden]") ?? cell).innerText.trim()]
  })))
}"""
"""The rows of a table as its reader sees them: each cell by the head that stands above it, wherever that is."""


class Watched:
    """A page without scripts, with what it said and requested; as printed, in a window of the width of paper."""

    def __init__(self, chromium: Any, address: str, width: int, script: bool = False, scheme: Any = "light") -> None:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script, color_scheme=scheme
        )
        self.page = context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(address)
        if width == WINDOWS["print"]:
            self.page.emulate_media(media="print")

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return width

    def keep(self, name: str) -> None:
        """Keeps a picture of the page, where pictures are kept."""
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)

    def shown(self) -> set[str]:
        """The ids of the claims that can be seen."""
        ids = self.page.locator("article").evaluate_all(
            "all => all.filter(a => a.checkVisibility()).map(a => a.id.replaceAll('-', '.'))"
        )
        return set(ids)
