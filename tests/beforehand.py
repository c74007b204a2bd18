"""A command that changes something about its own process before it begins.

Python's ``preexec_fn`` would do that in a copy of the tests' process. Its other threads are not copied, the locks that they hold
are, and the copy may wait for one for ever. A test sees to it that nothing uses it.
"""

import sys
from collections.abc import Sequence


def after(code: str, command: Sequence[str]) -> list[str]:
    """The Python ``command`` as one that first runs ``code``, which may use ``os`` and ``resource``."""
    program = f"import os, resource, sys; {code}; os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    return [sys.executable, "-c", program, *command[1:]]
