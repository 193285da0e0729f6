"""Experiments are scripts: tests load one as a module."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def script(repository: Path) -> Iterator[Callable[[str], ModuleType]]:
    """Return a function that loads an experiment by its name."""
    with pytest.MonkeyPatch.context() as patch:

        def load(name: str) -> ModuleType:
            path = repository / "experiments" / f"{name}.py"
            found = importlib.util.spec_from_file_location(f"experiment_{name}", path)
            assert found
            assert found.loader
            module = importlib.util.module_from_spec(found)
            # Its dataclasses look their module up by name.
            patch.setitem(sys.modules, found.name, module)
            found.loader.exec_module(module)
            return module

        yield load
