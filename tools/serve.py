"""Show the built site on this machine only, at the first free port from 8000 up.

python tools/serve.py [FOLDER]
"""

import argparse
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
PORTS = range(8000, 8100)
SITE = Path("_build/html")


class QuietHandler(SimpleHTTPRequestHandler):
    """Serve files without a line of log for each."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def translate_path(self, path: str) -> str:
        """Return the file of an address; a name no file can have is no file."""
        found = super().translate_path(path)
        return found.replace("\0", "�")


class QuietServer(ThreadingHTTPServer):
    """Serve on, without a word, when a reader leaves before a page is sent."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say what went wrong, unless the reader only left."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def bind(directory: Path, ports: range = PORTS) -> QuietServer:
    """Return a server at the first port that nobody uses.

    Raises
    ------
    OSError
        All the ports are taken.
    """
    handler = partial(QuietHandler, directory=str(directory))
    for port in ports:
        try:
            return QuietServer((HOST, port), handler)
        except OSError:
            continue
    message = f"ports {ports[0]} to {ports[-1]} of {HOST} are all taken"
    raise OSError(message)


def main() -> None:
    """Serve until the reader presses Ctrl-C."""
    parser = argparse.ArgumentParser(description="Show the built book.")
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=SITE,
        help=f"the site, by default {SITE}",
    )
    folder = parser.parse_args().folder
    if not (folder / "index.html").is_file():
        parser.exit(2, f"{folder} holds no index.html: build the book first\n")
    try:
        server = bind(folder)
    except OSError as error:
        parser.exit(1, f"{error}\n")
    address = f"http://{HOST}:{server.server_port}/"
    print(f"\n  The book is at {address}  (Ctrl-C stops it)\n", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main()
