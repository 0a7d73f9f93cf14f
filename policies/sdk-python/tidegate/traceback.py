"""Where an exception came from. The module of the standard library reads files, which are not there."""

import json

# Where the standard library is: no line of it is the author's.
_LIBRARY = json.__file__.rpartition("/")[0].rpartition("/")[0]


def told(error: BaseException) -> str:
    """The exception in one line, with the file and line of the policy that it came from."""
    place, step = "", error.__traceback__
    while step is not None:
        folder, _, file = step.tb_frame.f_code.co_filename.rpartition("/")
        is_library = bool(_LIBRARY) and folder.startswith(_LIBRARY)
        if not folder.endswith("tidegate") and not is_library:
            place = f" ({file}, line {step.tb_lineno})"
        step = step.tb_next
    return f"{type(error).__name__}: {error}{place}"
