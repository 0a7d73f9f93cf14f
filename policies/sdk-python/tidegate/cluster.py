"""Other objects: of the cluster, of the files under audit, of a case's fixtures.

A policy may ask for the types that it names in ``reads``, and for nothing else. ``UNKNOWN`` is the
answer where nobody can say: there is no cluster, or it does not answer. No rule should fire then.
"""

import json
from collections.abc import Callable
from enum import Enum
from typing import Any, Literal, TypeVar

from componentize_py_types import Err
from wit_world.imports import cluster as _host
from wit_world.imports.types import ResourceType, SeenWorkload

from . import failure

T = TypeVar("T")


class Unknown(Enum):
    """Nobody can say. It is neither true nor false: compare by ``is UNKNOWN``."""

    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        raise TypeError("UNKNOWN is neither true nor false; compare by `is UNKNOWN`")


UNKNOWN: Literal[Unknown.UNKNOWN] = Unknown.UNKNOWN


def get(kind: ResourceType, name: str) -> Any | None | Unknown:
    """One object by its name, in the namespace of the request.

    ``None``: it is certain that there is no such object.
    """

    def question() -> Any | None:
        text = _host.get(kind.api_version, kind.kind, name)
        return None if text is None else json.loads(text)

    return _ask(kind, question)


def find(kind: ResourceType) -> list[Any] | Unknown:
    """All objects of a type, in the namespace of the request."""
    return _ask(kind, lambda: [json.loads(text) for text in _host.find(kind.api_version, kind.kind)])


def exists(kind: ResourceType, name: str) -> bool | Unknown:
    """Whether an object is there, without a look into it: Secrets too may be asked for."""
    return _ask(kind, lambda: _host.exists(kind.api_version, kind.kind, name))


def seen(kind: ResourceType) -> list[Any]:
    """Those objects of a type that can be seen.

    What is among them is there; from what is not among them nothing follows.
    """
    found = _ask(kind, lambda: [json.loads(text) for text in _host.seen(kind.api_version, kind.kind)])
    return [] if isinstance(found, Unknown) else found


def workloads(kind: ResourceType) -> list[SeenWorkload]:
    """The same as ``seen`` for a kind that runs pods, as typed workloads."""
    found = _ask(kind, lambda: _host.workloads(kind.api_version, kind.kind))
    return [] if isinstance(found, Unknown) else found


def _ask(kind: ResourceType, question: Callable[[], T]) -> T | Unknown:
    try:
        return question()
    except Err as error:
        if isinstance(error.value, _host.LookupError_NotDeclared):
            failure.record(f"the policy asks for {kind.api_version} {kind.kind}, which its reads lack")
        return UNKNOWN
