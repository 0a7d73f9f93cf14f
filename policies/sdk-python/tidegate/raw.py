"""The object under review, for what the typed workload lacks."""

import json
from typing import Any

from wit_world.imports import raw as _host
from wit_world.imports.types import OptionFile


def at(pointer: str) -> Any:
    """The value at a place of the object; ``None`` if there is nothing."""
    text = _host.at(pointer)
    return None if text is None else json.loads(text)


def whole() -> Any:
    """The whole object. Credentials are withheld: in their place stands ``<withheld>``."""
    return json.loads(_host.object())


def stored() -> Any:
    """The object as it is stored now; ``None`` unless it is updated."""
    text = _host.old_object()
    return None if text is None else json.loads(text)


def option_files() -> list[OptionFile]:
    """The option files in a ConfigMap under review: entries that hold a group such as ``[mysqld]``."""
    return _host.option_files()
