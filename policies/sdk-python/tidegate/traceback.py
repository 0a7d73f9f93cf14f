"""Where an exception came from. The module of the standard library reads files, which are not there."""


def told(error: BaseException) -> str:
    """The exception in one line, with the file and line of the policy that it came from."""
    place, step = "", error.__traceback__
    while step is not None:
        folder, _, file = step.tb_frame.f_code.co_filename.rpartition("/")
        if not folder.endswith("tidegate"):
            place = f" ({file}, line {step.tb_lineno})"
        step = step.tb_next
    return f"{type(error).__name__}: {error}{place}"
