"""Builds the site: `python docs/site/build.py` writes `build/site/html`, and fails at any link or anchor that is dead.

The pages are the repository's own, at their own places, so that their links hold; to them come those that
`docs/site/reference.py` makes of the code. Nothing is fetched.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from docs.site import reference

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "site"
PAGES = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "changes/README.md", "examples/ridge/README.md")
SECTIONS = {
    "tutorials": (
        "Tutorials",
        "Learn Lydite by doing: for whoever maintains a library, runs a course, takes one, or writes a document.",
        ("library", "course", "student", "document"),
    ),
    "how-to": (
        "How-to guides",
        "Reach one goal, when you know what you want.",
        (
            *("ci", "pytorch-extension", "adopt", "compare", "conventions", "platforms", "serve"),
            *(
                "/docs/gate",
                "/docs/python",
                "/docs/adapters",
                "/docs/grading",
                "/docs/scaling",
                "/docs/suites",
                "/examples/ridge/index",
            ),
            "/docs/implementing",
        ),
    ),
    "reference": (
        "Reference",
        "Look it up: most of it is made from the code.",
        (
            *("commands", "pytest", "api", "/docs/guide", "conventions", "laws", "/docs/claims", "/docs/judges"),
            *("report-schema", "wire-schema", "/docs/glossary", "versions", "/docs/findings", "/docs/scoreboard"),
            "/docs/time_machine",
        ),
    ),
    "explanation": (
        "Explanation",
        "Understand why it is so, and what it cannot do.",
        ("tolerances", "sharpness", "blind-spots", "/SECURITY", "/docs/architecture", "comparison"),
    ),
}
"""Of each folder of `docs/`: the title, the introduction, and the pages, by their place in it or from the root."""
SPHINX = (sys.executable, "-m", "sphinx", "--fail-on-warning", "--nitpicky", "--quiet", "--jobs", "auto")
PROJECT = ("CONTRIBUTING", "CHANGELOG", "changes/README")
LINK = re.compile(r"\[(?P<text>[^\]]*)\]\((?!https?:|#)(?P<path>[^)#\s]+)(?P<anchor>#[^)]*)?\)")
DEFINED = re.compile(r"^\[[^\]]+\]: \.\./\.\./.*\n", re.MULTILINE)
"""Where the words of a link of the changelog lead: to the place that hosts the repository, which the site is not."""
MERMAID = re.compile(r"```mermaid\n")
"""A drawing, which needs a script from elsewhere: on the site it is read as the list of arrows that it is."""


def pages() -> Iterator[Path]:
    """Yields the pages of the repository that are on the site, relative to its root."""
    yield from map(Path, PAGES)
    yield from sorted(path.relative_to(ROOT) for path in (ROOT / "docs").rglob("*.md"))


def assemble(source: Path) -> None:
    """Lays out in `source` what Sphinx reads: the pages, the files that they link to, and the generated reference."""
    for page in pages():
        text = DEFINED.sub("", (ROOT / page).read_text(encoding="utf-8"))
        for link in LINK.finditer(text):
            linked = (ROOT / page.parent / link["path"]).resolve()
            if linked.is_file() and linked.suffix != ".md":
                write(source / linked.relative_to(ROOT), linked.read_text(encoding="utf-8"))
        write(source / on_site(page), MERMAID.sub("```text\n", LINK.sub(partial(relinked, page), text)))
    for name, text in reference.pages():
        write(source / "docs" / "reference" / name, text)
    for folder, (title, told, names) in SECTIONS.items():
        write(source / "docs" / folder / "index.md", f"# {title}\n\n{told}\n\n{toctree(names, 'maxdepth: 1')}")
    write(source / "project.md", f"# Project\n\n{toctree(PROJECT, 'maxdepth: 1')}")
    tops = [*(f"docs/{folder}/index" for folder in SECTIONS), "project"]
    with (source / "index.md").open("a", encoding="utf-8") as first:
        first.write(f"\n{toctree(tops, 'hidden:')}")
    shutil.copytree(ROOT / "docs" / "site" / "static", source / "static")
    shutil.copy(ROOT / "docs" / "site" / "conf.py", source)


def relinked(page: Path, link: re.Match[str]) -> str:
    """Returns a link of `page` as it leads on the site; the text alone, where it leaves the repository."""
    if not (ROOT / page.parent / link["path"]).resolve().is_relative_to(ROOT):
        return link["text"]
    return f"[{link['text']}]({on_site(Path(link['path'])).as_posix()}{link['anchor'] or ''})"


def on_site(path: Path) -> Path:
    """Returns where a page is: the README is the first one."""
    return path.with_name("index.md") if path.name == "README.md" and "changes" not in path.parts else path


def toctree(names: Iterable[str], option: str) -> str:
    """Returns the directive that puts pages below the one that it stands on."""
    return "\n".join(["```{toctree}", f":{option}", "", *names, "```", ""])


def write(path: Path, text: str) -> None:
    """Writes a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def main() -> int:
    """Assembles and builds; returns the exit status of Sphinx, for which a warning is an error."""
    shutil.rmtree(OUT, ignore_errors=True)
    assemble(OUT / "source")
    return subprocess.run([*SPHINX, OUT / "source", OUT / "html"], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
