"""Which Python runs the set-up? This one if it is new enough, else a newer one on the PATH.

Written so that every Python 3 since 3.5 reads it: an old one must be able to say what is wrong.
"""

import os
import subprocess
import sys

NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
PROBE = "import sys; sys.exit(sys.version_info < (3, 11))"


def newer_python() -> str:
    """Name the first newer Python that really runs (pyenv leaves shims that do not), or ''."""
    for name in NEWER:
        try:
            code = subprocess.call(
                [name, "-c", PROBE], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        except OSError:
            continue
        if code == 0:
            return name
    return ""


def hand_over() -> None:
    """Start again under a newer Python, or end with the line that says what to do."""
    name = newer_python()
    if not name:
        sys.exit(
            "Warmline needs Python 3.11 or newer; this is "
            + ".".join(str(part) for part in sys.version_info[:3])
            + ". Install one (Debian, Ubuntu: apt install python3.11 python3.11-venv), "
            + "or name yours: make run PYTHON=/path/to/python3.11"
        )
    os.execvp(name, [name, "-m", "tools", *sys.argv[1:]])  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - the point of this file
        hand_over()
    from tools.commands import main

    sys.exit(main(sys.argv[1:]))
