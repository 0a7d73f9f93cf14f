"""The steps of a repair."""

import json
from typing import Any

from wit_world.imports.types import Edit, Edit_Append, Edit_MoveToSecret, Edit_Remove, Edit_Set, EnvVar, SecretMove


def set(at: str, value: Any) -> Edit:
    """Sets the value at a place, and makes its parents as objects where they are missing.

    >>> set("/spec/strategy", {"type": "Recreate"})
    Edit_Set(value=('/spec/strategy', '{"type": "Recreate"}'))
    """
    return Edit_Set((at, json.dumps(value)))


def remove(at: str) -> Edit:
    """Takes the value at a place away. It must be there."""
    return Edit_Remove(at)


def append(at: str, value: Any) -> Edit:
    """Appends to the list at a place, and makes the list and its parents where they are missing."""
    return Edit_Append((at, json.dumps(value)))


def move_to_secret(variable: EnvVar) -> Edit:
    """Moves a literal environment variable into a Secret, whose name tidegate chooses."""
    return Edit_MoveToSecret(SecretMove(variable.at))
