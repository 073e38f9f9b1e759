"""Checks of names and types against the published description of the Bot API, where a copy of it is at hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .model import Upload


class Schema:
    """The description of methods and types, from the JSON file at `path`."""

    def __init__(self, path: Path) -> None:
        described = json.loads(path.read_text(encoding="utf-8"))
        self.methods: dict[str, dict[str, Any]] = described["methods"]
        self.types: dict[str, dict[str, Any]] = described["types"]

    def unknown(self, method: str, params: dict[str, Any]) -> list[str]:
        """The parameters that the method does not have."""
        known = {field["name"] for field in self.methods[method].get("fields", ())}
        return [name for name in params if name not in known]

    def problems(self, method: str, params: dict[str, Any]) -> list[str]:
        """What is missing, or not of its type."""
        fields = self.methods[method].get("fields", ())
        return [problem for field in fields for problem in self._field(field, params, "")]

    def misfits(self, value: Any, kind: str, where: str = "") -> list[str]:
        """Why the value is not of that type, members of members included; none when it is."""
        return list(self._misfits(value, kind, where or kind))

    def _field(self, field: dict[str, Any], owner: dict[str, Any], where: str) -> Iterator[str]:
        name = f"{where}{field['name']}"
        if field["name"] not in owner:
            if field["required"]:
                yield f"{name} is missing"
            return
        tries = [self.misfits(owner[field["name"]], kind, name) for kind in field["types"]]
        if all(tries):
            yield from min(tries, key=len)

    def _misfits(self, value: Any, kind: str, where: str) -> Iterator[str]:
        if kind.startswith("Array of "):
            if not isinstance(value, list):
                yield f"{where} is not a list"
                return
            for index, item in enumerate(value):
                yield from self._misfits(item, kind.removeprefix("Array of "), f"{where}[{index}]")
        elif kind in self.types and kind != "InputFile":
            yield from self._object(value, self.types[kind], where)
        elif not _is(value, kind):
            yield f"{where} is {type(value).__name__}, not {kind}"

    def _object(self, value: Any, described: dict[str, Any], where: str) -> Iterator[str]:
        if "subtypes" in described:
            tries = [self.misfits(value, kind, where) for kind in described["subtypes"]]
            if all(tries):
                yield from min(tries, key=len)
            return
        if not isinstance(value, dict):
            yield f"{where} is not an object"
            return
        fields = described.get("fields", ())
        yield from (f"{where}.{name} is unknown" for name in value.keys() - {field["name"] for field in fields})
        for field in fields:
            yield from self._field(field, value, f"{where}.")


def _is(value: Any, kind: str) -> bool:
    match kind:
        case "Boolean" | "True":
            return isinstance(value, bool)
        case "Integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "Float":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "InputFile":
            return isinstance(value, Upload)
    return isinstance(value, str)
