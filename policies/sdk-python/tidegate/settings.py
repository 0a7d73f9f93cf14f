"""Settings: a dataclass is their only source, for their JSON Schema as for their types."""

import dataclasses
import types
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

S = TypeVar("S")

_SIMPLE: dict[Any, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}


class SettingsError(Exception):
    """Settings that do not fit, or a dataclass that cannot be settings."""


def schema(wanted: Any) -> dict[str, Any]:
    """The JSON Schema of a dataclass.

    A field's description is the text of its ``Annotated``: ``hours: Annotated[int, "How long."] = 6``.
    A dictionary behind it adds conditions in the words of JSON Schema, which the gate checks:
    ``Annotated[int, "How long.", {"minimum": 1}]``. In documents the names are written in camel case.

    >>> @dataclasses.dataclass
    ... class Patience:
    ...     least_seconds: Annotated[int, "The fewest seconds.", {"minimum": 0}] = 10
    >>> schema(Patience)["properties"]["leastSeconds"]
    {'type': 'integer', 'minimum': 0, 'description': 'The fewest seconds.', 'default': 10}
    """
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_object(wanted)}


def read(wanted: type[S], value: Any) -> S:
    """The dataclass with these values, and its own defaults for the rest; ``None`` is the same as none.

    >>> @dataclasses.dataclass
    ... class Patience:
    ...     least_seconds: int = 10
    >>> read(Patience, None).least_seconds, read(Patience, {"leastSeconds": 20}).least_seconds
    (10, 20)
    >>> read(Patience, {"leastSeconds": "long"})
    Traceback (most recent call last):
    settings.SettingsError: leastSeconds: 'long' is not integer
    >>> read(Patience, {"mostSeconds": 1})
    Traceback (most recent call last):
    settings.SettingsError: unknown setting mostSeconds; there are leastSeconds

    :raises SettingsError: a field that there is not, or of another type
    """
    read: S = _read(wanted, {} if value is None else value, "")
    return read


def _object(wanted: Any) -> dict[str, Any]:
    hints = get_type_hints(wanted, include_extras=True)
    properties = {}
    for field in dataclasses.fields(wanted):
        properties[_camel(field.name)] = {**_schema(hints[field.name]), "default": _plain(_default(wanted, field))}
    made: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if wanted.__doc__ and not wanted.__doc__.startswith(f"{wanted.__name__}("):
        made["description"] = wanted.__doc__.strip()
    return made


def _default(wanted: Any, field: "dataclasses.Field[Any]") -> Any:
    if field.default is not dataclasses.MISSING:
        return field.default
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    raise SettingsError(f"{wanted.__name__}.{field.name} has no default: whoever sets nothing gets it")


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {_camel(field.name): _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _camel(name: str) -> str:
    """``least_seconds`` as ``leastSeconds``, like every name in Kubernetes."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _schema(hint: Any) -> dict[str, Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        conditions = {key: value for more in arguments[2:] for key, value in more.items()}
        return {**_schema(arguments[0]), **conditions, "description": arguments[1]}
    if hint in _SIMPLE:
        return {"type": _SIMPLE[hint]}
    if origin is list:
        return {"type": "array", "items": _schema(arguments[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(arguments[1])}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema(argument) for argument in arguments]}
    if hint is type(None):
        return {"type": "null"}
    if dataclasses.is_dataclass(hint):
        return _object(hint)
    raise SettingsError(f"{hint} cannot be a setting; use bool, int, float, str, list, dict, Literal or a dataclass")


def _read(hint: Any, value: Any, place: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _read(arguments[0], value, place)
    if hint in _SIMPLE and _is(hint, value):
        return value
    if origin is list and isinstance(value, list):
        return [_read(arguments[0], item, f"{place}[{index}]") for index, item in enumerate(value)]
    if origin is dict and isinstance(value, dict):
        return {key: _read(arguments[1], item, _below(place, key)) for key, item in value.items()}
    if origin is Literal and value in arguments:
        return value
    if hint is type(None) and value is None:
        return None
    if origin in (Union, types.UnionType):
        for argument in arguments:
            try:
                return _read(argument, value, place)
            except SettingsError:
                continue
    if dataclasses.is_dataclass(hint) and isinstance(value, dict):
        hints = get_type_hints(hint, include_extras=True)
        fields = {_camel(name): name for name in hints}
        for key in value:
            if key not in fields:
                raise SettingsError(f"unknown setting {_below(place, key)}; there are {', '.join(fields) or 'none'}")
        made: Any = hint
        return made(
            **{fields[key]: _read(hints[fields[key]], item, _below(place, key)) for key, item in value.items()}
        )
    raise SettingsError(f"{place or 'settings'}: {value!r} is not {_named(hint)}")


def _is(hint: Any, value: Any) -> bool:
    # In Python a bool is an int, and in JSON 1 is a number.
    if isinstance(value, bool):
        return hint is bool
    return isinstance(value, (int, float) if hint is float else hint)


def _below(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _named(hint: Any) -> str:
    return _SIMPLE.get(hint) or str(getattr(hint, "__name__", hint))
