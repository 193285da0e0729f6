"""How a test asks a command."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from dsv3.cli import main


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    """Return a function that runs a command with ``--json`` and reads its answer."""

    def ask(*words: str) -> dict[str, Any]:
        assert main([*words, "--json"]) == 0
        return dict(json.loads(capsys.readouterr().out))

    return ask
