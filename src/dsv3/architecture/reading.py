"""Finding and parsing a ``config.json``.

A path, a folder or an already parsed object goes in; an architecture, or one line that
says what is wrong, comes out.
"""

import codecs
import json
import re
from collections.abc import Mapping
from os import PathLike, fspath
from pathlib import Path

from dsv3.architecture.families import build
from dsv3.architecture.sizes import Architecture
from dsv3.architecture.values import ConfigError, shown

CONFIG_NAME = "config.json"

LARGEST_CONFIG_BYTES = 8 * 1024**2
"""No config is this long; weights given by mistake are."""

HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
"""How the models of a hub are called: owner and name."""


def read_config(source: str | PathLike[str] | Mapping[str, object]) -> Architecture:
    """Return the architecture that a Hugging Face ``config.json`` describes.

    `source` is the path of the file, the path of a folder that holds it, its parsed
    content, or its text, which begins with a brace; whatever is wrong with it is a
    one-line :class:`ConfigError`. What Python's own JSON writes, NaN and Infinity
    included, is read; a size cannot be either.

    Examples
    --------
    >>> read_config({"model_type": "lama"})
    Traceback (most recent call last):
        ...
    dsv3.architecture.values.ConfigError: model_type is 'lama': not supported; \
nearest by its layers: llama, or type its sizes: --config '{"model_type": "llama", ...}'
    """
    if isinstance(source, Mapping):
        return build(source)
    if isinstance(source, str) and source.lstrip().startswith("{"):
        return _built(_parsed(source, "typed"), "typed")
    try:
        path = Path(fspath(source))
    except TypeError:
        message = f"config is {shown(source)}: must be a path or a parsed config.json"
        raise ConfigError(message) from None
    where = shown(str(path))
    return _built(_parsed(_text(path, where), where), where)


def _built(config: object, where: str) -> Architecture:
    if not isinstance(config, dict):
        message = f"config is {where}: it must hold a JSON object"
        raise ConfigError(message)
    return build(config)


def _text(path: Path, where: str) -> str:
    try:
        if path.is_dir():
            path = path / CONFIG_NAME
        if not path.exists():
            message = f"config is {where}: there is no such file"
            if HUB_NAME.fullmatch(str(path)):
                message += "; a model of a hub is not fetched: download its config.json"
            raise ConfigError(message)
        if not path.is_file() or path.stat().st_size > LARGEST_CONFIG_BYTES:
            message = f"config is {where}: it is not a config.json"
            raise ConfigError(message)
        content = path.read_bytes()
        wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        message = f"config is {where}: it is not text in UTF-8"
        raise ConfigError(message) from None
    except ConfigError:
        raise
    except (OSError, ValueError) as error:
        # ValueError is what a path with a null character raises.
        reason = getattr(error, "strerror", None) or "not a path"
        message = f"config is {where}: it cannot be read, {reason}"
        raise ConfigError(message) from None


def _parsed(text: str, where: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        message = f"config is {where}: it is not JSON at {place}"
        raise ConfigError(message) from None
    except (RecursionError, ValueError):
        # Too deep, or a whole number of thousands of digits.
        message = f"config is {where}: it is not a config.json"
        raise ConfigError(message) from None
