"""What commands and keys do to the selected clips; each is one undo step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from core.arrangement import edits, groups
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip, GroupSource, with_latents, with_part_heard
from core.arrangement.part_edits import split_parts
from core.errors import InputError
from core.settings import TICKS_PER_BAR
from technovae_gui.document import Document
from technovae_gui.timeline.gestures import with_gain_point
from technovae_gui.timeline.viewport import TimelineState


@dataclass(frozen=True)
class Clipboard:
    """Clips that were copied or cut.

    Attributes:
        rows: clips by lane, from the first lane that held some to the last; lanes between them
            may be empty.
        source: what they were copied from.
    """

    rows: tuple[tuple[Clip, ...], ...] = ()
    source: Arrangement | None = None

    @classmethod
    def of_clips(cls, arrangement: Arrangement, clip_ids: Iterable[str]) -> Clipboard:
        """Copy clips.

        Args:
            arrangement: that they are in.
            clip_ids: which clips; those that are not there are left out.

        Returns:
            The clips, on the lanes that they were on; empty without any.
        """
        ids = set(clip_ids)
        held = [tuple(c for c in lane.clips if c.id in ids) for lane in arrangement.lanes]
        used = [row for row, clips in enumerate(held) if clips]
        return cls(tuple(held[used[0] : used[-1] + 1]), arrangement) if used else cls()


class ClipCommands:
    """Edits the selected clips of a document."""

    def __init__(
        self, document: Document, state: TimelineState, say: Callable[[str], object] = str
    ) -> None:
        """`say` takes one line about what was done."""
        self._document, self._state, self._say = document, state, say
        self._clipboard = Clipboard()

    def copy(self) -> None:
        """Put the selected clips on the clipboard."""
        if self._document.selection:
            self._clipboard = Clipboard.of_clips(
                self._document.arrangement, self._document.selection
            )

    def cut(self) -> None:
        """Move the selected clips to the clipboard."""
        self.copy()
        self._delete("cut")

    def delete(self) -> None:
        """Remove the selected clips."""
        self._delete("delete")

    def paste(self) -> None:
        """Place the clipboard's clips at the playhead, on the lane that was clicked last."""
        lane = min(self._state.row, max(len(self._document.arrangement.lanes) - 1, 0))
        self.paste_at(self._state.edit_tick, lane)

    def paste_at(self, tick: int, row: int) -> None:
        """Place the clipboard's clips.

        Args:
            tick: where the earliest of them starts.
            row: of their first lane; lanes that are missing are added.
        """
        rows = self._clipboard.rows
        source = self._clipboard.source if self._follows else None
        if rows:
            self._edit_and_select(
                "paste",
                lambda now: edits.paste(now, rows, tick=tick, lane_index=row, automation_of=source),
            )

    @property
    def _follows(self) -> bool:
        return self._document.automation_follows

    @property
    def can_paste(self) -> bool:
        """Whether there is anything on the clipboard."""
        return bool(self._clipboard.rows)

    def insert_time(self) -> None:
        """Insert as much empty time as the loop region is long, where it begins."""
        loop, follows = self._document.loop, self._follows
        if loop is not None:
            start, length = loop[0], loop[1] - loop[0]
            self._document.edit(
                "insert time",
                lambda now: edits.insert_time(now, start, length, automation=follows),
            )

    def delete_time(self) -> None:
        """Take the time of the loop region out, with all that is in it."""
        loop, follows = self._document.loop, self._follows
        if loop is not None:
            self._document.edit(
                "delete time", lambda now: edits.remove_time(now, *loop, automation=follows)
            )
            self._document.set_loop(None)

    def repeat_time(self) -> None:
        """Repeat the time of the loop region right after it, and go on with the repetition."""
        loop, follows = self._document.loop, self._follows
        if loop is not None:
            start, end = loop
            if self._document.edit(
                "repeat time", lambda now: edits.repeat_time(now, start, end, automation=follows)
            ):
                self._document.set_loop((end, 2 * end - start))

    def duplicate(self) -> None:
        """Place copies of the selected clips right after them."""
        ids, follows = self._document.selection, self._follows
        self._edit_and_select(
            "duplicate", lambda now: edits.duplicate(now, ids, automation=follows)
        )

    def split(self) -> None:
        """Cut clips in two at the playhead: the selected ones that it crosses, or else all."""
        tick = self._state.edit_tick
        crossed = [c for c in self._document.arrangement.clips() if c.start < tick < c.end]
        selected = [c.id for c in crossed if c.id in self._document.selection]
        ids = selected or [c.id for c in crossed]
        if not ids:
            self._document.problem.emit("no clip lies under the playhead; put it inside one")
            return
        self._document.edit("split", lambda now: _split(now, ids, tick))

    def select_all(self) -> None:
        """Select every clip."""
        self._document.select(clip.id for clip in self._document.arrangement.clips())

    def loop_selection(self) -> None:
        """Put the loop region around the selected clips."""
        clips = self._document.selected_clips()
        if clips:
            self._document.set_loop((min(c.start for c in clips), max(c.end for c in clips)))

    def fade(self, *, into: int | None = None, out: int | None = None) -> None:
        """Set the fades of the selected clips; short clips get shorter ones.

        Args:
            into: length of the fade-in in ticks; None leaves it as it is.
            out: length of the fade-out in ticks; None leaves it as it is.
        """

        def faded(clip: Clip) -> Clip:
            first = clip.fade_in if into is None else min(into, clip.length)
            last = clip.fade_out if out is None else min(out, clip.length)
            if into is not None:
                last = min(last, clip.length - first)
            return clip.changed(fade_in=min(first, clip.length - last), fade_out=last)

        self._change("fades", faded)

    def fade_in(self) -> None:
        """Fade in over one bar."""
        self.fade(into=TICKS_PER_BAR)

    def fade_out(self) -> None:
        """Fade out over one bar."""
        self.fade(out=TICKS_PER_BAR)

    def no_fades(self) -> None:
        """Remove both fades."""
        self.fade(into=0, out=0)

    def add_gain_point(self) -> None:
        """Add a point to the gain curves of the selected clips, at the playhead."""
        tick = self._state.edit_tick
        if not any(clip.start <= tick <= clip.end for clip in self._document.selected_clips()):
            self._document.problem.emit("no selected clip lies under the playhead; put it in one")
            return

        def drawn(clip: Clip) -> Clip:
            inside = clip.start <= tick <= clip.end
            return clip.changed(gain_curve=with_gain_point(clip, tick)) if inside else clip

        self._change("gain curve", drawn)

    def clear_gain_curve(self) -> None:
        """Take the gain curves of the selected clips away; their gains stay."""
        self._change("clear gain curve", lambda clip: clip.changed(gain_curve=()))

    def set_bass_swap(self, on: bool) -> None:
        """Let the lows change over on a downbeat where the selected clips come in, or not."""
        self._change("bass swap", lambda clip: clip.changed(bass_swap=on))

    def set_bass_cut(self, on: bool) -> None:
        """Leave out the lows of the selected clips, or not."""
        self._change("bass cut", lambda clip: clip.changed(bass_cut=on))

    def set_mute(self, on: bool) -> None:
        """Silence the selected clips, or not."""
        self._change("mute clip", lambda clip: clip.changed(mute=on))

    def set_reverse(self, on: bool) -> None:
        """Play the selected clips backwards, or not."""
        self._change("reverse", lambda clip: clip.changed(reverse=on))

    def set_colour(self, colour: str) -> None:
        """Give the selected clips a colour, `#rrggbb`; empty for that of their music."""
        self._change("clip colour", lambda clip: clip.changed(colour=colour))

    def set_part(self, part: int, on: bool) -> None:
        """Let a part of the selected clips be heard, or not.

        Args:
            part: its number in `settings.PARTS`.
            on: whether it is heard.
        """
        self._change(
            "parts", lambda clip: clip.changed(source=with_part_heard(clip.source, part, on))
        )

    def split_into_parts(self) -> None:
        """Put each part of the selected clips on a lane of its own."""
        ids = self._document.selection
        if ids:
            self._edit_and_select("split into parts", lambda now: split_parts(now, ids), ids)

    def consolidate(self) -> None:
        """Make the selected clips into one that sounds like them."""
        ids = self._document.selection
        unlike: tuple[str, ...] = ()

        def made(now: Arrangement) -> Arrangement:
            nonlocal unlike
            result = groups.consolidate(now, ids)
            unlike = result.unlike
            return result.arrangement

        if ids:
            self._edit_and_select("consolidate", made)
        if unlike:
            self._say(
                f"Heard without pan, effects and automation of {', '.join(unlike)}: a clip is heard"
                " through its own lane"
            )

    def take_apart(self) -> None:
        """Put back the clips that those selected were made of."""
        made = [c for c in self._document.selected_clips() if isinstance(c.source, GroupSource)]

        def apart(now: Arrangement) -> Arrangement:
            for clip in made:
                now = groups.take_apart(now, clip.id)
            return now

        self._edit_and_select("take apart", apart)

    def set_renderer(self, renderer: str) -> None:
        """Choose the renderer of the latents among the selected clips."""

        def rendered(clip: Clip) -> Clip:
            made = with_latents(clip.source, lambda latent: replace(latent, renderer=renderer))
            return clip.changed(source=made)

        self._change("renderer", rendered)

    def _delete(self, name: str) -> None:
        ids, follows = self._document.selection, self._follows
        if ids:
            self._document.edit(name, lambda now: edits.delete(now, ids, automation=follows))

    def _change(self, name: str, change: Callable[[Clip], Clip]) -> None:
        ids = self._document.selection
        if ids:
            self._document.edit(name, lambda now: edits.change_clips(now, ids, change))

    def _edit_and_select(
        self,
        name: str,
        change: Callable[[Arrangement], Arrangement],
        kept: Collection[str] = (),
    ) -> None:
        """Edit, then select the clips that the edit added, and those of `kept` that are left."""
        before = {clip.id for clip in self._document.arrangement.clips()} - set(kept)
        if self._document.edit(name, change):
            clips = self._document.arrangement.clips()
            self._document.select(clip.id for clip in clips if clip.id not in before)


class Nudger:
    """Moves the selected clips by steps; steps in a row are one undo step.

    Each step starts again from where the clips were before the first one, so that clips which the
    selection only passes over stay whole.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._serial = 0
        self._ids: frozenset[str] = frozenset()
        self._before = self._after = document.arrangement
        self._ticks = self._lanes = 0

    def nudge(self, ticks: int, lanes: int) -> None:
        """Shift the selected clips as far as they can go.

        Args:
            ticks: to the right; negative to the left.
            lanes: rows downwards; negative upwards.
        """
        document = self._document
        if document.arrangement is not self._after or document.selection != self._ids:
            self._serial += 1
            self._before, self._ids = document.arrangement, document.selection
            self._ticks = self._lanes = 0
        self._ticks, self._lanes = edits.reach(
            self._before, self._ids, ticks=self._ticks + ticks, lanes=self._lanes + lanes
        )
        document.edit("nudge", self._moved, merge=("nudge", id(self), self._serial))
        self._after = document.arrangement

    def _moved(self, _now: Arrangement) -> Arrangement:
        return edits.move(
            self._before,
            self._ids,
            ticks=self._ticks,
            lanes=self._lanes,
            automation=self._document.automation_follows,
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
