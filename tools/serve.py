"""Show the built site on this machine only, at the first free port from 8000 up."""

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

HOST = "127.0.0.1"
PORTS = range(8000, 8100)


class QuietHandler(SimpleHTTPRequestHandler):
    """Serve files without a line of log for each."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def bind(directory: str) -> ThreadingHTTPServer:
    """Return a server at the first port that nobody uses.

    Raises
    ------
    OSError
        All the ports are taken.
    """
    handler = partial(QuietHandler, directory=directory)
    for port in PORTS:
        try:
            return ThreadingHTTPServer((HOST, port), handler)
        except OSError:
            continue
    message = f"ports {PORTS[0]} to {PORTS[-1]} of {HOST} are all taken"
    raise OSError(message)


def main() -> None:
    """Serve until the reader presses Ctrl-C."""
    server = bind(sys.argv[1])
    print(
        f"\n  The book is at http://{HOST}:{server.server_port}/  (Ctrl-C stops it)\n"
    )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main()
