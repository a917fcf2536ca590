"""Clips that were copied or cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.arrangement import edits
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip


@dataclass(frozen=True)
class Clipboard:
    """Rows of clips, from the first lane that held some to the last. Empty ones lie between."""

    rows: tuple[tuple[Clip, ...], ...] = ()

    @property
    def span(self) -> int:
        """Ticks from the first start to the last end."""
        clips = [clip for row in self.rows for clip in row]
        return max(c.end for c in clips) - min(c.start for c in clips) if clips else 0

    def pasted(self, arrangement: Arrangement, tick: int, row: int) -> Arrangement:
        """`arrangement` with copies, the earliest at `tick`, the first lane on `row`."""
        return edits.paste(arrangement, self.rows, tick=tick, lane_index=row)


def copied(arrangement: Arrangement, clip_ids: Iterable[str]) -> Clipboard:
    """A clipboard that holds these clips."""
    ids = set(clip_ids)
    held = [tuple(c for c in lane.clips if c.id in ids) for lane in arrangement.lanes]
    used = [row for row, clips in enumerate(held) if clips]
    return Clipboard(tuple(held[used[0] : used[-1] + 1])) if used else Clipboard()
