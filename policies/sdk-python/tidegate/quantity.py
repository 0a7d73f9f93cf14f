"""Kubernetes quantities, such as ``500Mi`` or ``2Gi``."""

import re

# apimachinery, resource.Quantity: decimal and binary suffixes.
_FACTORS = {
    "n": 1e-9,
    "u": 1e-6,
    "m": 1e-3,
    "": 1.0,
    **{suffix: 1000.0**power for power, suffix in enumerate(["k", "M", "G", "T", "P", "E"], start=1)},
    **{suffix: 1024.0**power for power, suffix in enumerate(["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"], start=1)},
}
_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([a-zA-Z]*)", re.ASCII)


def bytes(quantity: object) -> float | None:
    """A quantity as a number, in bytes or whatever is counted; ``None`` if it is none, or negative.

    >>> bytes("2Gi"), bytes("500m"), bytes(3)
    (2147483648.0, 0.5, 3.0)
    >>> bytes("much") is None
    True
    """
    parts = _QUANTITY.fullmatch(str(quantity).strip())
    factor = None if parts is None else _FACTORS.get(parts[2])
    if parts is None or factor is None:
        return None
    number = float(parts[1]) * factor
    return number if 0 <= number < float("inf") else None
