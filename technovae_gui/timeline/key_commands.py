"""Brings the selected clips to the key of one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.arrangement.key_edits import BroughtToKey, KeyOf, bring_to_key, sounding_key
from core.dsp.key import Key
from technovae_gui.document import Document

_ALONE = "Select other clips too: they are transposed to the key of this one"
_ALONE_FIRST = "Select clips: they are transposed to the key of the first that has one"
_NO_KEY = (
    "No key of it is known: drums alone have none, nor has music that is of another library or "
    "not analysed yet"
)
_NOTHING_TO_MOVE = "The other selected clips are in this key already, or no key of them is known"


@dataclass(frozen=True)
class KeyPlan:
    """What bringing the selected clips to one key would do.

    Attributes:
        target: the key; None where it is not known.
        brought: the clips in it; None where there is nothing to do.
        tip: says what is done, or why nothing can be.
    """

    target: Key | None
    brought: BroughtToKey | None
    tip: str


class KeyCommands:
    """Transposes the selected clips to the key of one of them, as one undo step.

    Attributes:
        key_of: the key of a segment or a latent before it is transposed, where it is known.
    """

    def __init__(self, document: Document, say: Callable[[str], object]) -> None:
        """`say` is called with a line about what was done."""
        self._document, self._say = document, say
        self.key_of: KeyOf = lambda _: None

    @property
    def tip(self) -> str:
        """What the command does, or needs, as far as the selection alone says."""
        return (
            _ALONE_FIRST if len(self._document.selection) < 2 else _tip_to("the key of the first")
        )

    def plan(self, clip_id: str = "") -> KeyPlan:
        """Say what can be done.

        Args:
            clip_id: of the selected clip whose key is the target; empty for the first, in time,
                whose key is known.
        """
        clips = sorted(self._document.selected_clips(), key=lambda clip: clip.start)
        if len(clips) < 2:
            return KeyPlan(None, None, _ALONE if clip_id else _ALONE_FIRST)
        asked = [clip for clip in clips if clip_id in ("", clip.id)]
        keys = ((clip.id, sounding_key(clip.source, self.key_of)) for clip in asked)
        found = next(((name, key) for name, key in keys if key is not None), None)
        if found is None:
            return KeyPlan(None, None, _NO_KEY)
        name, target = found
        others = [clip.id for clip in clips if clip.id != name]
        brought = bring_to_key(self._document.arrangement, others, target, self.key_of)
        if not brought.moved:
            return KeyPlan(target, None, _NOTHING_TO_MOVE)
        return KeyPlan(target, brought, _tip_to(key_label(target)))

    def bring(self, clip_id: str = "") -> None:
        """Bring the other selected clips to the key; say how many were moved and why others stay.

        Args:
            clip_id: as for `plan`.
        """
        plan = self.plan(clip_id)
        if plan.target is None or plan.brought is None:
            self._say(plan.tip)
            return
        arrangement = plan.brought.arrangement
        self._document.edit("bring to key", lambda _: arrangement)
        self._say(_line(plan.target, plan.brought))


def key_label(key: Key) -> str:
    """A key as in "A minor (8A)"."""
    return f"{key.name} ({key.camelot})"


def _tip_to(key: str) -> str:
    return f"Transposes the other selected clips to {key} or its relative, by the fewest semitones"


def _line(target: Key, brought: BroughtToKey) -> str:
    count = "1 clip" if brought.moved == 1 else f"{brought.moved} clips"
    line = f"{count} brought to {key_label(target)}"
    stay = []
    if brought.there:
        stay.append(f"{brought.there} already in it")
    if brought.without_key:
        stay.append(f"{brought.without_key} without a known key")
    return f"{line}; stayed: {', '.join(stay)}" if stay else line
