"""Where an exception came from. The module of the standard library reads files, which are not there."""


def told(error: BaseException) -> str:
    """The exception in one line, with the file and line that raised it."""
    place, step = "", error.__traceback__
    while step is not None:
        place = f" ({step.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}, line {step.tb_lineno})"
        step = step.tb_next
    return f"{type(error).__name__}: {error}{place}"
