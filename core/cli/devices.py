"""`technovae devices`."""

from __future__ import annotations

from argparse import Namespace

from core.cli.console import say, table
from core.playback.portaudio_output import list_devices


def run(options: Namespace) -> int:
    """Print the sound devices that can play."""
    devices = list_devices()
    if not devices:
        say("no sound device that can play; connect one, everything else works without it")
        return 0
    columns = ("", "name", "driver", "channels", "rate (Hz)", "latency (ms)")
    rows = [
        (
            "*" if d.is_default else "",
            d.name,
            d.host_api,
            d.channels,
            f"{d.sample_rate:.0f}",
            f"{1000 * d.latency:.0f}",
        )
        for d in devices
    ]
    table("sound devices (* the default)", columns, rows, right=columns[3:])
    return 0
