"""Commands whose standard streams are closed, as some services and scripts start them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="shells of Windows close no streams")


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("program", ["core.cli", "technovae_gui"])
def test_a_command_works_without_a_standard_stream(closed: str, program: str) -> None:
    """As `technovae --version` prints nothing else, what the others say is nothing, too."""
    command = f'"$0" -m {program} --version {closed}'
    done = subprocess.run(
        ["/bin/sh", "-c", command, sys.executable], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.startswith("technovae") == (">&-" not in closed.replace("2>&-", ""))


def test_what_is_opened_next_does_not_get_their_numbers() -> None:
    code = (
        "import os; from core import standard_streams; standard_streams.ensure();"
        "from pathlib import Path; file = Path(os.devnull).open();"
        "raise SystemExit(file.fileno() <= 2)"
    )
    command = '"$0" -c "$1" <&- >&- 2>&-'
    assert (
        subprocess.run(["/bin/sh", "-c", command, sys.executable, code], check=False).returncode
        == 0
    )
