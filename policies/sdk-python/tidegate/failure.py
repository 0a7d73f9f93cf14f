"""Mistakes of a policy that show while it judges: told to the host as the review's error afterwards."""

_first: str | None = None


def record(text: str) -> None:
    """Keeps the first mistake."""
    global _first
    if _first is None:
        _first = text


def taken() -> str | None:
    """The mistake, if there was one."""
    global _first
    text, _first = _first, None
    return text
