"""Looking around in the typed workload."""

from collections.abc import Iterable, Iterator

from wit_world.imports.types import (
    Claim,
    Container,
    Edit,
    EnvValue_Plain,
    EnvVar,
    Role_Backup,
    Role_Server,
    Server,
    ServerOption,
    Volume,
    Workload,
)

from . import edit


def servers(workload: Workload | None) -> Iterator[tuple[Container, Server]]:
    """The containers that run a MySQL or MariaDB server."""
    for container in workload.containers if workload else []:
        if isinstance(container.role, Role_Server):
            yield container, container.role.value


def backups(workload: Workload | None) -> Iterator[Container]:
    """The containers that copy a server's data, for instance by ``mysqldump`` or xtrabackup."""
    for container in workload.containers if workload else []:
        if isinstance(container.role, Role_Backup):
            yield container


def variable(container: Container, name: str) -> EnvVar | None:
    """The environment variable of a name. The last one counts, as in Kubernetes."""
    return next((own for own in reversed(container.env) if own.name == name), None)


def plain(own: EnvVar | None) -> str | None:
    """The literal value of a variable; ``None`` if it has none, or is or may be a credential."""
    return own.value.value if own is not None and isinstance(own.value, EnvValue_Plain) else None


def volume(workload: Workload, name: str) -> Volume | None:
    """The volume of a name."""
    return next((own for own in workload.volumes if own.name == name), None)


def claim(workload: Workload, name: str) -> Claim | None:
    """The claim template of a name."""
    return next((own for own in workload.claims if own.name == name), None)


def at_least(server: Server, major: int, minor: int) -> bool | None:
    """Whether the server's version is at least this one; ``None`` if its tag does not tell.

    >>> from types import SimpleNamespace as Of
    >>> eight = Of(version=Of(major=8, minor=None))
    >>> at_least(eight, 8, 0), at_least(eight, 8, 4), at_least(eight, 9, 0)
    (True, None, False)
    """
    own = server.version
    if own is None:
        return None
    if own.major != major:
        return own.major > major
    # Every version of a major is at least its minor 0.
    if minor == 0:
        return True
    return None if own.minor is None else own.minor >= minor


def option(server: Server, name: str) -> ServerOption | None:
    """An option that is known to reach the server, by its name with dashes: ``character-set-server``.

    The last of a name counts. There may be options that are not seen: ``server.option_files`` says so.
    """
    return next((own for own in reversed(server.options) if own.name == name), None)


def switched_on(server: Server, name: str) -> bool | None:
    """Whether a switch is on (``--name``, ``--name=1``) or off (``--skip-name``, ``--name=0``).

    ``None`` if no option that is seen says it.

    >>> from types import SimpleNamespace as Of
    >>> server = Of(options=[Of(name="log-bin", value="1"), Of(name="skip-log-bin", value=None)])
    >>> switched_on(server, "log-bin"), switched_on(server, "read-only")
    (False, None)
    """
    on, off = (name, f"enable-{name}"), (f"skip-{name}", f"disable-{name}")
    own = next((own for own in reversed(server.options) if own.name in on + off), None)
    if own is None or (own.value is not None and "$" in own.value):
        return None
    is_on = (own.value or "").lower() not in ("0", "off", "false", "no")
    return is_on != (own.name in off)


def append_options(server: Server, options: Iterable[str]) -> list[Edit] | None:
    """The steps that append options to the server's command line; ``None`` if there is no place for them."""
    place = server.options_at
    return None if place is None else [edit.append(place, own) for own in options]
