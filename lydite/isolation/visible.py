"""Lists what every jail shows: programs and libraries of the system, and Python with some packages."""

from __future__ import annotations

import re
import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from lydite import suite

NUMERICAL = ("numpy", "scipy")
"""The distributions that every submission may use."""

LINKS = ("/bin", "/lib", "/lib32", "/lib64", "/sbin")
"""Links into /usr on most systems, folders on others."""
SYSTEM = (
    *(f"/usr/{name}" for name in ("bin", "lib", "lib32", "lib64", "libexec", "share")),
    *(f"/usr/local/{name}" for name in ("bin", "lib", "lib64")),
    *LINKS,
    "/nix/store",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/ssl/openssl.cnf",
    "/etc/localtime",
    "/sys/devices/system/cpu",
)


class NotOffered(ValueError):
    """A distribution that is not installed, or that nothing which is graded may see."""


def folders() -> tuple[Path, ...]:
    """Returns what is there of the system and of Python, outside of virtual environments."""
    found = [path for path in map(Path, SYSTEM) if path.exists()]
    base = Path(sys.base_prefix)
    return tuple(found) if base in {Path("/usr"), Path("/usr/local")} else (*found, base)


@cache
def hidden() -> tuple[Path, ...]:
    """Returns the parts of `folders` that are not shown: installed packages and all of Lydite."""
    base = {"base": sys.base_prefix, "platbase": sys.base_prefix}
    packages: list[str | Path] = [
        *(sysconfig.get_path(kind, vars=base) for kind in ("purelib", "platlib")),
        *site.getsitepackages(),
        site.getusersitepackages(),
        *(path for path in sys.path if path.endswith("-packages")),
        *(path for lib in ("/usr/lib", "/usr/local/lib") for path in Path(lib).glob("python3*/*-packages")),
    ]
    parts = {path.resolve() for path in [*map(Path, packages), *suite.secret()] if path.exists()}
    shown = [path.resolve() for path in folders()]
    inside = {part for part in parts if any(folder in part.parents for folder in shown)}
    return tuple(sorted(part for part in inside if not inside & set(part.parents)))


def without(folder: Path, parts: Iterable[Path]) -> Iterator[Path]:
    """Returns what to show of `folder` so that all of it is seen but `parts`: itself, or as little as is needed."""
    place = folder.resolve()
    within = [part for part in parts if place in part.parents]
    if place in parts:
        return
    if not within:
        yield folder
        return
    for child in sorted(folder.iterdir()):
        yield from without(child, within)


@cache
def python_paths(*allow: str) -> tuple[Path, ...]:
    """Returns the interpreter, and of its packages NumPy, SciPy, the distributions `allow`, and what these require.

    Raises NotOffered where one of `allow` is not installed, or is Lydite, or brings the suite.
    """
    library = Path(sysconfig.get_config_var("LIBDIR") or "/") / str(sysconfig.get_config_var("INSTSONAME"))
    ours = [Path(sys.executable), Path(sys.prefix, "pyvenv.cfg"), library]
    packages = [path for one in _required(*NUMERICAL, *allow) for path in _tops(one)]
    for path in packages:
        if is_secret(path):
            raise NotOffered(f"{path.name} holds the suite, which is not seen by what it grades")
    return tuple(dict.fromkeys(path for path in [*ours, *packages] if path.exists()))


def is_secret(path: Path) -> bool:
    """Returns whether `path` is not for a jail: it holds a suite, or lies in what states one, or in Lydite.

    What else lies in the folder of a suite may be shown: programs in a checkout, say.
    """
    whole, secret = path.resolve(), suite.secret()
    stated = [place for place in secret if place not in {suite.OWN, suite.folder()}]
    return any(place.is_relative_to(whole) for place in secret) or any(map(whole.is_relative_to, stated))


def _required(*names: str) -> list[Distribution]:
    """Returns the distributions of these names, and of all that they require and is installed."""
    found: dict[str, Distribution] = {}
    open_names = [(name, True) for name in names]
    while open_names:
        name, asked = open_names.pop()
        name = re.sub(r"[-_.]+", "-", name).lower()
        if name == "lydite":
            raise NotOffered("lydite grades, and is not seen by what it grades")
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError as error:
            if asked:
                raise NotOffered(f"{name} is not installed") from error
            continue
        needed = [line for line in found[name].requires or [] if "extra ==" not in line]
        open_names += [(match[0], False) for line in needed if (match := re.match(r"[\w.-]+", line))]
    return list(found.values())


def _tops(one: Distribution) -> Iterator[Path]:
    """Yields the folders and files of `one`, the topmost ones, beside which other packages lie."""
    files = one.files
    if files is None:  # a package of the system, without a list
        root = Path(str(one.locate_file(one.name)))
        yield from (root, root.with_name(f"{one.name}.libs"))
        return
    for top in sorted({file.parts[0] for file in files} - {"..", "/", "__pycache__"}):
        yield Path(str(one.locate_file(top)))
