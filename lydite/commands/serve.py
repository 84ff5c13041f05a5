"""Runs `lydite serve`: shows a graded class in a browser of this machine, at an address that nobody else knows."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer
from threading import Lock
from typing import Any
from urllib.parse import unquote

import click

from lydite.commands.entered import suite_option
from lydite.commands.taken import FILE, FOLDER
from lydite.notation.text import plain
from lydite.report.model import NoReport
from lydite.results.rubric import Rubric, RubricError, read_rubric

LOOPBACK = "127.0.0.1"
"""The address that is served: no other machine reaches it."""
NAMES = (LOOPBACK, "localhost")
"""How a browser of this machine may call it; a name of the network that leads here is somebody's trick."""
PATIENCE = 10
"""Seconds that a connection may be silent."""
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""All that a page may do, besides running its own script."""
TEXT = "text/plain; charset=utf-8"
MOST_PORT = 65535


class Server(ThreadingTCPServer):
    """Serves the contents of a preview, each below a secret that is shown only to whoever started it."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, contents: Mapping[str, Any], policy: str) -> None:
        super().__init__((LOOPBACK, port), Handler)
        self.contents = contents
        self.policy = policy
        self.secret = secrets.token_urlsafe(16)
        self.port: int = self.server_address[1]
        self.lock = Lock()

    @property
    def address(self) -> str:
        """The address of the first page."""
        return f"http://{LOOPBACK}:{self.port}/{self.secret}/"

    def found(self, path: str) -> Any:
        """Returns the content at `path`; None where there is none, as for any path without the secret.

        No path leads to a file: whatever is not one of the addresses, to the letter, is not found.
        """
        secret, slash, address = unquote(path.partition("?")[0]).removeprefix("/").partition("/")
        known = secrets.compare_digest(secret.encode(), self.secret.encode()) and slash
        return self.contents.get(address) if known else None

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  (as it is called)
        """Reports what went wrong with a request, but for connections that the browser has closed."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError):
            click.echo(f"Error: {plain(str(error))}", err=True)


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD."""

    server: Server
    timeout = PATIENCE
    server_version, sys_version = "lydite", ""

    def do_GET(self) -> None:
        """Sends a page."""
        if not self._is_meant():
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
        elif content := self.server.found(self.path):
            with self.server.lock:
                text = content.render()
            self._send(HTTPStatus.OK, content.kind, text)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    do_HEAD = do_GET  # noqa: N815  (its name is the method)

    def _is_meant(self) -> bool:
        """Returns whether the browser has called this server by a name of its own, and not by one that leads here."""
        return self.headers.get_all("Host", []) in [[f"{name}:{self.server.port}"] for name in NAMES]

    def send_error(self, code: int, *_: str | None, **__: str | None) -> None:
        """Sends what is wrong, and nothing of the request."""
        status = HTTPStatus.METHOD_NOT_ALLOWED if code == HTTPStatus.NOT_IMPLEMENTED else HTTPStatus(code)
        self._send(status, TEXT, f"{status.phrase}\n")

    def _send(self, status: HTTPStatus, kind: str, text: str) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", self.server.policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cache-Control", "no-store")
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "GET, HEAD")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Says nothing: a request is text from outside."""


@click.command("serve")
@click.argument("out", metavar="OUT", type=FOLDER)
@click.option("--rubric", "rubric_path", metavar="FILE", type=FILE, help="Points, void claims, and what is shown when.")
@click.option("--port", metavar="N", type=click.IntRange(0, MOST_PORT), default=0, help="0, the default: a free one.")
@suite_option
def serve_command(out: Path, rubric_path: Path | None, port: int) -> None:
    """Shows the class that was graded into OUT, in a browser of this machine, until Ctrl-C.

    The address leads to the list of submissions, their pages, the gradebook, and what a rubric makes of them. It is
    read-only, no other machine reaches it, and only who knows the address is shown anything. Nothing is run again.
    """
    server = served_class(out, rubric_path, port)
    try:
        click.echo(f"serving {plain(str(out))} to this machine only, until Ctrl-C, at {server.address}")
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("ended")
    finally:
        server.server_close()


def served_class(out: Path, rubric_path: Path | None, port: int) -> Server:
    """Returns what serves the class in `out`. Raises UsageError and NoEngine, before anything is served."""
    from lydite.results.pages import SCRIPT  # noqa: PLC0415  (its engine is an extra)
    from lydite.results.preview import CLASS, Preview  # noqa: PLC0415
    from lydite.templates import script  # noqa: PLC0415

    report = out / "report.json"
    if not report.resolve().is_relative_to(out.resolve()):
        raise click.BadParameter(f"{report} leads out of the folder", param_hint="OUT")
    try:
        rubric = read_rubric(rubric_path) if rubric_path else Rubric()
        contents = Preview(
            report, rubric, rubric_path.name if rubric_path else "", datetime.now().astimezone()
        ).contents
        contents[CLASS].render()
        return Server(port, contents, f"{POLICY}; script-src '{script(SCRIPT)['script_hash']}'")
    except RubricError as error:
        raise click.BadParameter(str(error), param_hint="--rubric") from error
    except NoReport as error:
        raise click.BadParameter(
            f"expected a folder that lydite grade has written: {error}", param_hint="OUT"
        ) from error
    except OSError as error:
        raise click.UsageError(f"port {port} cannot be served: {error.strerror}") from error
