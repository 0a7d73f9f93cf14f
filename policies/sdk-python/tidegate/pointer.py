"""Places in an object: JSON Pointers of RFC 6901."""


def join(base: str, *steps: str | int) -> str:
    """A place below another one: ``join(container.at, "livenessProbe", "periodSeconds")``.

    The empty text is the whole object.

    >>> join("/metadata/labels", "app.kubernetes.io/name")
    '/metadata/labels/app.kubernetes.io~1name'
    >>> join("/spec/containers", 0)
    '/spec/containers/0'
    """
    return "/".join([base, *(_escape(str(step)) for step in steps)])


def _escape(step: str) -> str:
    # The order matters: the tilde of `~1` must not be escaped again (RFC 6901, section 4).
    return step.replace("~", "~0").replace("/", "~1")
