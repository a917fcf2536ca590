"""What the commands do to the selected clips: each is one step of history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.arrangement import edits
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip, LatentSource
from core.errors import InputError
from core.settings import TICKS_PER_BAR
from technovae_gui.document import Document
from technovae_gui.timeline.clipboard import Clipboard, copied
from technovae_gui.timeline.state import State


class ClipCommands:
    """Acts on the document's selection."""

    def __init__(self, document: Document, state: State) -> None:
        self._document, self._state = document, state
        self.clipboard = Clipboard()

    def copy(self) -> None:
        """Remember the selected clips."""
        if self._document.selection:
            self.clipboard = copied(self._document.arrangement, self._document.selection)

    def cut(self) -> None:
        """Remember them, and take them away."""
        self.copy()
        self._delete("cut")

    def delete(self) -> None:
        """Take them away."""
        self._delete("delete")

    def paste(self) -> None:
        """Place what was remembered at the playhead, on the lane that was clicked last."""
        if not self.clipboard.rows:
            return
        row = min(self._state.row, max(len(self._document.arrangement.lanes) - 1, 0))
        tick = self._state.cursor
        self._adding("paste", lambda now: self.clipboard.pasted(now, tick, row))

    def duplicate(self) -> None:
        """Place copies right behind them."""
        ids = self._document.selection
        self._adding("duplicate", lambda now: edits.duplicate(now, ids))

    def split(self) -> None:
        """Cut at the playhead: the selected clips that it crosses, or else all of them."""
        tick = self._state.cursor
        under = [c for c in self._document.arrangement.clips() if c.start < tick < c.end]
        chosen = [c.id for c in under if c.id in self._document.selection]
        ids = chosen or [c.id for c in under]
        if not ids:
            self._document.problem.emit("no clip lies under the playhead; put it inside one")
            return
        self._document.edit("split", lambda now: _split(now, ids, tick))

    def select_all(self) -> None:
        """Select every clip."""
        self._document.select(clip.id for clip in self._document.arrangement.clips())

    def loop_selection(self) -> None:
        """The loop region goes around the selected clips."""
        clips = self._document.selected_clips()
        if clips:
            self._document.set_loop((min(c.start for c in clips), max(c.end for c in clips)))

    def fade(self, *, into: int | None = None, out: int | None = None) -> None:
        """Set fades in ticks, shortened where a clip has no room; None leaves one as it is."""

        def faded(clip: Clip) -> Clip:
            first = clip.fade_in if into is None else min(into, clip.length)
            last = clip.fade_out if out is None else min(out, clip.length)
            if into is not None:
                last = min(last, clip.length - first)
            return clip.changed(fade_in=min(first, clip.length - last), fade_out=last)

        self._change("fades", faded)

    def fade_in(self) -> None:
        """Over one bar."""
        self.fade(into=TICKS_PER_BAR)

    def fade_out(self) -> None:
        """Over one bar."""
        self.fade(out=TICKS_PER_BAR)

    def no_fades(self) -> None:
        """Take both away."""
        self.fade(into=0, out=0)

    def set_bass_swap(self, on: bool) -> None:
        """The lows change over on a downbeat where they come in."""
        self._change("bass swap", lambda clip: clip.changed(bass_swap=on))

    def set_bass_cut(self, on: bool) -> None:
        """Leave out the lows."""
        self._change("bass cut", lambda clip: clip.changed(bass_cut=on))

    def set_renderer(self, renderer: str) -> None:
        """Of the latents among them."""

        def rendered(clip: Clip) -> Clip:
            if not isinstance(clip.source, LatentSource):
                return clip
            return clip.changed(source=replace(clip.source, renderer=renderer))

        self._change("renderer", rendered)

    def _delete(self, name: str) -> None:
        ids = self._document.selection
        if ids:
            self._document.edit(name, lambda now: edits.delete(now, ids))

    def _change(self, name: str, change: Callable[[Clip], Clip]) -> None:
        ids = self._document.selection
        if ids:
            self._document.edit(name, lambda now: edits.change_clips(now, ids, change))

    def _adding(self, name: str, change: Callable[[Arrangement], Arrangement]) -> None:
        """An edit after which the clips that it added are selected."""
        there = {clip.id for clip in self._document.arrangement.clips()}
        whole = {id(clip) for clip in self._document.arrangement.clips()}
        if not self._document.edit(name, change):
            return
        self._document.select(
            clip.id
            for clip in self._document.arrangement.clips()
            if clip.id not in there and id(clip) not in whole
        )


def _split(arrangement: Arrangement, clip_ids: list[str], tick: int) -> Arrangement:
    """Cut each clip; those inside a crossfade stay whole as long as one can be cut."""
    refused: InputError | None = None
    before = arrangement
    for clip_id in clip_ids:
        try:
            arrangement = edits.split(arrangement, clip_id, tick)
        except InputError as error:
            refused = error
    if refused is not None and arrangement is before:
        raise refused
    return arrangement
