"""The commands beside the package: the little server, and the audit."""

import json
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from socket import SO_LINGER, SOL_SOCKET, create_connection
from threading import Thread

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import audit  # noqa: E402
import serve  # noqa: E402


def command(name: str, *given: str) -> "subprocess.CompletedProcess[str]":
    """Run a tool as the Makefile does."""
    line = [sys.executable, str(ROOT / "tools" / name), *given]
    return subprocess.run(line, capture_output=True, text=True, check=False)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "index.html").write_text("the book", encoding="utf-8")
    server = serve.bind(tmp_path)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 200),
        ("/index.html", 200),
        ("/none.html", 404),
        ("/%00", 404),
        ("/%2e%2e/%2e%2e/etc/passwd", 404),
        ("/" + "a" * 5000, 404),
    ],
)
def test_an_odd_request_gets_a_plain_answer(
    address: str, status: int, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with create_connection((serve.HOST, port), timeout=5) as client:
        client.sendall(f"GET {address} HTTP/1.0\r\n\r\n".encode())
        answer = client.makefile(encoding="utf-8").read()
    assert answer.startswith(f"HTTP/1.0 {status} ")
    assert capsys.readouterr().err == ""


def test_a_reader_who_leaves_early_is_no_error(
    tmp_path: Path, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "long.html").write_bytes(b"page" * 2**22)
    with create_connection((serve.HOST, port), timeout=5) as client:
        # Closing with a zero linger resets the connection while the page is sent.
        client.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        client.sendall(b"GET /long.html HTTP/1.0\r\n\r\n")
        client.recv(100)
    with create_connection((serve.HOST, port), timeout=5) as client:
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert client.makefile(encoding="utf-8").read().endswith("the book")
    assert capsys.readouterr().err == ""


def test_ports_that_are_taken_end_in_one_line(tmp_path: Path, port: int) -> None:
    with pytest.raises(OSError, match=rf"ports {port} to {port} of .* all taken"):
        serve.bind(tmp_path, range(port, port + 1))


@pytest.mark.parametrize("folder", ["missing", "", __file__])
def test_a_folder_without_a_book_is_refused(folder: str, tmp_path: Path) -> None:
    run = command("serve.py", str(tmp_path / folder))
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
    assert "holds no index.html" in run.stderr


def test_the_server_says_how_to_call_it() -> None:
    run = command("serve.py", "--help")
    assert run.returncode == 0
    assert "FOLDER" in run.stdout.upper()


def looked_up(**changes: object) -> dict[str, object]:
    return {"name": "one", "version": "1.0", "vulns": []} | changes


@pytest.mark.parametrize(
    ("packages", "well"),
    [
        ([looked_up(), looked_up()], True),
        ([], False),
        ([{"name": "one", "skip_reason": "not found"}], False),
        ([looked_up(vulns=[{"id": "CVE-2026-1"}])], False),
    ],
)
def test_an_audit_that_looked_at_nothing_is_no_good_news(
    packages: list[dict[str, object]], well: bool
) -> None:
    text, found = audit.verdict(json.loads(json.dumps(packages)))
    assert found is well
    assert text.splitlines()[0].endswith("with known faults")
    assert ("CVE-2026-1" in text) is any(package.get("vulns") for package in packages)
