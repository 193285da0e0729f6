"""The door: YAML in, checked records out, or one line that says what is wrong.

Only this folder of the package uses pydantic.
"""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from dsv3.facts.schema import Source
from explorables.arithmetic import nearest_names

Record = TypeVar("Record")

MERGE = "tag:yaml.org,2002:merge"
"""Tag of ``<<``, which begins a mapping with the pairs of another."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML that keeps dates as text and refuses a key written twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping, or say which key stands twice and where."""
        keys = [
            self.construct_object(key, deep=True)
            for key, _ in node.value
            if key.tag != MERGE
        ]
        twice = {str(key) for key in keys if keys.count(key) > 1}
        if twice:
            line = node.start_mark.line + 1
            message = f"line {line}: {sorted(twice)} written twice in one record"
            raise ValueError(message)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if not tag.endswith("timestamp")]
    for first, pairs in _Loader.yaml_implicit_resolvers.items()
}


def _frozen(value: object) -> object:
    """Turn lists into tuples, so that a record stays unchangeable to its leaves."""
    if isinstance(value, list):
        return tuple(_frozen(part) for part in value)
    if isinstance(value, dict):
        return {key: _frozen(part) for key, part in value.items()}
    return value


def read_rows(file_name: str, text: str | None = None) -> list[dict[str, Any]]:
    """Read a file of ``data`` as a list of raw records."""
    if text is None:
        text = files("dsv3").joinpath("data", file_name).read_text(encoding="utf-8")
    try:
        raw = yaml.load(text, Loader=_Loader)
    except (ValueError, yaml.YAMLError) as error:
        message = f"{file_name}: {' '.join(str(error).split())}"
        raise ValueError(message) from error
    if not isinstance(raw, list) or not all(isinstance(row, dict) for row in raw):
        message = f"{file_name}: a data file is a list of records"
        raise ValueError(message)
    return [{key: _frozen(value) for key, value in row.items()} for row in raw]


def _reason(error: ValidationError) -> str:
    """Say field, value and rule of the first thing wrong with a record."""
    found = error.errors(include_url=False)
    unknown = [one for one in found if one["type"] == "unexpected_keyword_argument"]
    first = (unknown or found)[0]
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])
    field = ".".join(str(part) for part in first["loc"]) or "record"
    if unknown:
        return f"{field} is {first['input']!r}: a record has no such field"
    if first["type"] == "missing":
        return f"{field} is missing: every record must give it"
    return f"{field} is {first['input']!r}: {first['msg']}"


def _validated(
    file_name: str, name_field: str, rows: Iterable[dict[str, Any]], record_type: type
) -> tuple[Any, ...]:
    """Turn raw records into typed ones, or say which record breaks which rule."""
    adapter: TypeAdapter[Any] = TypeAdapter(record_type)
    records: dict[str, Any] = {}
    for row in rows:
        name = str(row.get(name_field, f"<record without {name_field}>"))
        try:
            record = adapter.validate_python(row)
        except ValidationError as error:
            message = f"{file_name}: {name}: {_reason(error)}"
            raise ValueError(message) from error
        if name in records:
            message = f"{file_name}: {name_field} is {name!r}: it stands twice"
            raise ValueError(message)
        records[name] = record
    return tuple(records.values())


def _sourced(file_name: str, name: str, row: dict[str, Any]) -> dict[str, Any]:
    """Put the source itself where its key stands, with its dates as defaults."""
    filled = {
        key: tuple(_sourced(file_name, name, part) for part in value)
        if isinstance(value, tuple) and value and isinstance(value[0], dict)
        else value
        for key, value in row.items()
    }
    key = row.get("source")
    if not isinstance(key, str):
        return filled
    known = sources_by_key()
    if key not in known:
        rule = f"not in sources.yaml; {nearest_names(key, known)}"
        message = f"{file_name}: {name}: source is {key!r}: {rule}"
        raise ValueError(message)
    found = known[key]
    defaults = {"published": found.published, "read": found.read, "via": found.via}
    return defaults | filled | {"source": found}


def read_records(
    file_name: str,
    record_type: type[Record],
    *,
    name_field: str = "id",
    text: str | None = None,
) -> tuple[Record, ...]:
    """Read one file of ``dsv3/data`` into records of one type, in the file's order.

    Wherever a record, or a record in a list inside it, has a field ``source``, the
    `Source` replaces its key, and the source's ``published``, ``read`` and ``via``
    stand in for those the record does not give. The type is a frozen dataclass that
    carries `RECORD_RULES`; `name_field` may not repeat; `text` is read in place of the
    file. A broken rule is refused with file, record, field, value and rule.
    """
    rows = [
        _sourced(file_name, str(row.get(name_field)), row)
        for row in read_rows(file_name, text)
    ]
    return _validated(file_name, name_field, rows, record_type)


@cache
def sources_by_key() -> dict[str, Source]:
    """Read every source, by citation key."""
    rows = read_rows("sources.yaml")
    records = _validated("sources.yaml", "key", rows, Source)
    return {record.key: record for record in records}
