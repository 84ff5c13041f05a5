"""A served class: its pages and nothing else, to this machine and nobody else, whatever is requested."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from lydite.commands.serve import NAMES, Server, served_class
from tests.support.commandline import run
from tests.support.made import claim, fault, hostile, implementation, write

pytest.importorskip("jinja2")

WRONG = implementation("a b.py", claim("Q7.a.7", outcome="broken"), faults=[fault()])
VOID = '[void]\n"Q7.a.7" = "misprinted"\n[show]\nbefore = "outcome"\nafter = "due"\ndate = 2027-01-31T12:00:00+01:00\n'


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder as a class is graded into."""
    folder = tmp_path / "gräded class"
    folder.mkdir()
    write(folder / "report.json", WRONG, hostile(), implementation("right.py"))
    (folder / "batch.json").write_text('{"seed": 12345}', encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "pages").symlink_to(tmp_path)
    return folder


@pytest.fixture
def server(out: Path) -> Iterator[Server]:
    """A server, ready to answer."""
    rubric = out.parent / "rubric.toml"
    rubric.write_text(VOID, encoding="utf-8")
    server = served_class(out, rubric, 0)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Has a process start with an interrupt that does something, whatever shell the tests run in the background of."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def raw(server: Server, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """The answer to the bytes of a request: its status, its headers, its content."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    head, _, content = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    return int(first.split()[1]), dict(line.split(": ", 1) for line in rest), content


def get(
    server: Server, path: str, method: str = "GET", host: str | None = None, root: str | None = None
) -> tuple[int, dict[str, str], bytes]:
    """The answer to a request for `path` below the secret, or below another `root`."""
    where = f"/{server.secret}/" if root is None else root
    named = f"127.0.0.1:{server.port}" if host is None else host
    return raw(server, f"{method} {where}{path} HTTP/1.1\r\nHost: {named}\r\n\r\n".encode("latin-1"))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", "Class overview"),
        ("?again", "Class overview"),
        ("pages/a%20b.py.html", "dL/dz = softmax(z) - y."),
        ("level/due/a%20b.py.html", "dL/dz = softmax(z) - y."),
        ("rubric.html", "misprinted"),
        ("grades.csv", "a b.py,"),
    ],
)
def test_it_shows_the_class(server: Server, path: str, words: str) -> None:
    status, headers, content = get(server, path)
    assert status == 200
    assert words in content.decode()
    assert int(headers["Content-Length"]) == len(content)


def test_every_link_leads_to_a_page(server: Server) -> None:
    for page in ("", "rubric.html", "pages/a%20b.py.html", "level/input/right.py.html"):
        links = re.findall(r'href="(?!#|data:)([^"#]*)', get(server, page)[2].decode())
        assert len(links) >= 5
        for link in links:
            steps = link.count("../")
            folder = page.split("/")[:-1]
            assert steps <= len(folder)
            address = "/".join([*folder[: len(folder) - steps], link.replace("../", "").removeprefix("./")])
            assert get(server, address)[0] == 200, (page, link)


def test_a_class_that_is_graded_again_changes_no_page(server: Server, out: Path) -> None:
    """An address leads to whom it did when the server started, at every level, and whatever was shown before."""
    (out / "report.json").unlink()
    (out / "report.json").symlink_to(out.parent / "other.json")
    write(out.parent / "other.json", implementation("somebody.py"))
    for path in ("level/due/right.py.html", "pages/right.py.html", "rubric.html"):
        status, _, content = get(server, path)
        assert status == 200
        assert b"right.py" in content
        assert b"somebody" not in content


def test_a_submitter_sees_what_the_level_shows(server: Server) -> None:
    seen = {level: get(server, f"level/{level}/a%20b.py.html")[2].decode() for level in ("outcome", "input", "due")}
    assert "[-0.5, -0.25]" not in seen["outcome"]
    assert "a.py:7" not in seen["outcome"]
    assert "a.py:7" in seen["input"]
    assert "softmax(z) - y." not in seen["input"]
    assert "softmax(z) - y." in seen["due"]


def test_the_rubric_is_previewed(server: Server) -> None:
    text = get(server, "rubric.html")[2].decode()
    points = re.search(r'a b\.py</a></th><td class="figure">([\d.]+)</td><td class="figure">([\d.]+)</td>', text)
    assert points is not None
    before, after = map(float, points.groups())
    assert 297 < before < after == 300
    assert text.count("which is now") == 1
    assert "from 2027-01-31 12:00 UTC+01:00 on" in text


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "../../etc/passwd",
        "pages/../../secret.txt",
        "..%2fsecret.txt",
        "%2e%2e/secret.txt",
        "%252e%252e/secret.txt",
        "..\\secret.txt",
        "pages/secret.txt",
        "link.txt",
        "batch.json",
        "report.json",
        "/etc/passwd",
        "%00",
        "pages/a%20b.py.html%00.txt",
        "pages/",
        "pages",
        "level/none/right.py.html",
        "pages/\xff\xfe",
        "CLASS.HTML",
    ],
)
def test_nothing_else_is_found(server: Server, path: str) -> None:
    """Neither above the folder, nor behind a link, nor what lies in it and is not of the result."""
    status, _, content = get(server, path)
    assert (status, content) == (404, b"Not Found\n")


@pytest.mark.parametrize("root", ["/", "", "//", "/wrong/", "/%s", "/x%s/", "/%s.", "http://127.0.0.1/%s/"])
def test_who_does_not_know_the_address_is_shown_nothing(server: Server, root: str) -> None:
    status, _, content = get(server, "", root=root.replace("%s", server.secret) or "x")
    assert (status, content) in [(404, b"Not Found\n"), (400, b"Bad Request\n")]
    assert server.secret not in content.decode()


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:%d", "127.0.0.1", "127.0.0.1.evil.example:%d", "127.0.0.1:1", "", "0.0.0.0:%d"],
)
def test_a_name_that_was_made_to_lead_here_is_refused(server: Server, host: str) -> None:
    """A page elsewhere, whose name comes to mean this machine, would read the class by the reader's own browser."""
    status, _, content = get(server, "", host=host.replace("%d", str(server.port)))
    assert (status, content) == (421, b"Misdirected Request\n")


def test_one_host_is_named_and_no_more(server: Server) -> None:
    start = f"GET /{server.secret}/ HTTP/1.1\r\n"
    for headers in ("", f"Host: evil.example\r\nHost: 127.0.0.1:{server.port}\r\n"):
        assert raw(server, f"{start}{headers}\r\n".encode())[0] == 421
    for name in NAMES:
        assert raw(server, f"{start}Host: {name}:{server.port}\r\n\r\n".encode())[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get"])
def test_nothing_can_be_changed(server: Server, method: str) -> None:
    status, headers, content = get(server, "", method)
    assert (status, headers["Allow"], content) == (405, "GET, HEAD", b"Method Not Allowed\n")


def test_a_head_has_no_content(server: Server) -> None:
    status, headers, content = get(server, "", "HEAD")
    assert (status, content) == (200, b"")
    assert int(headers["Content-Length"]) == len(get(server, "")[2])


@pytest.mark.parametrize("path", ["", "rubric.html", "grades.csv", "nowhere"])
def test_a_page_may_load_nothing_and_be_framed_by_nobody(server: Server, path: str) -> None:
    _, headers, content = get(server, path)
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers
    if path == "":
        hashed = re.search(r"script-src '(sha256-[^']+)'", content.decode())
        assert hashed is not None
        assert hashed[1] in policy


@pytest.mark.parametrize(
    "request_", [b"", b"\x00\xff\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"a" * 70000]
)
def test_nonsense_ends_nothing(server: Server, request_: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(request_)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1 << 16):
            pass
    assert get(server, "")[0] == 200


def test_a_browser_that_waits_keeps_nobody_waiting(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30):
        assert get(server, "")[0] == 200


def test_it_is_served_to_this_machine_alone(server: Server) -> None:
    assert server.server_address[0] == "127.0.0.1"


def test_a_report_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "report.json").symlink_to(write(tmp_path / "elsewhere.json"))
    done = run("serve", folder)
    assert done.exit_code == 2
    assert "leads out of the folder" in done.output


@pytest.mark.parametrize("content", [None, "{}", "[", '{"format": "other"}'])
def test_a_folder_without_a_report_is_an_error_of_usage(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "report.json").write_text(content, encoding="utf-8")
    done = run("serve", tmp_path)
    assert done.exit_code == 2
    assert "report.json" in done.output
    assert "Traceback" not in done.output


def test_a_rubric_that_does_not_fit_is_an_error_of_usage(out: Path, tmp_path: Path) -> None:
    rubric = tmp_path / "rubric.toml"
    rubric.write_text('count = "worst"\n', encoding="utf-8")
    done = run("serve", out, "--rubric", rubric)
    assert done.exit_code == 2
    assert "count" in done.output


def test_a_port_that_is_taken_is_an_error_of_usage(server: Server, out: Path) -> None:
    done = run("serve", out, "--port", server.port)
    assert done.exit_code == 2
    assert f"port {server.port} cannot be served" in done.output


@pytest.mark.usefixtures("interruptible")
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_ends_it_with_success(out: Path) -> None:
    command = [sys.executable, "-m", "lydite", "serve", str(out)]
    served = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    assert served.stdout is not None
    first = served.stdout.readline()
    assert re.search(r" to this machine only, until Ctrl-C, at http://127\.0\.0\.1:\d+/[\w-]{20,}/$", first)
    os.kill(served.pid, signal.SIGINT)
    rest, complaints = served.communicate(timeout=60)
    assert (served.returncode, rest, complaints) == (0, "ended\n", "")
