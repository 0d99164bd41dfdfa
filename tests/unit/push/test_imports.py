"""Does only who sends pay for the Firebase SDK?"""

import subprocess
import sys

import pytest

SILENT = ["push.worker", "push.memory", "push.retry", "push.clock", "push.double.__main__"]


@pytest.mark.parametrize("module", SILENT)
def test_the_sdk_is_not_loaded(module: str) -> None:
    code = f"import sys, {module}; sys.exit('firebase_admin' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
