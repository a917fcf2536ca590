"""Which parts of what is chosen on the map sound, and which stay when another point is chosen."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from core.arrangement.clip import (
    NO_PARTS_MUTED,
    ClipSource,
    SingleSource,
    part_gains_db,
    part_sources,
    with_parts,
)
from core.settings import PARTS


class PartChoice(QObject):
    """Mutes and locks of kick, bass, drums and rest; parts are numbered as in `settings.PARTS`.

    Attributes:
        available: whether there is a network that tells parts apart; without it nothing is muted
            or locked.
        muted: which parts are not heard.
        locked: the source of each part that stays, by the part's number.

    Signals:
        changed(): any of them is different.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.available = False
        self.muted = NO_PARTS_MUTED
        self.locked: dict[int, SingleSource] = {}

    @property
    def in_use(self) -> bool:
        """Whether any part is muted or locked."""
        return any(self.muted) or bool(self.locked)

    @property
    def gains(self) -> tuple[float, ...]:
        """What each part is heard at, 0 or 1."""
        return tuple(0.0 if muted else 1.0 for muted in self.muted)

    @property
    def label(self) -> str:
        """What is muted and locked, for people; empty where nothing is."""
        muted = ", ".join(PARTS[part] for part, off in enumerate(self.muted) if off)
        locked = ", ".join(PARTS[part] for part in sorted(self.locked))
        words = (f"without {muted}" if muted else "", f"{locked} locked" if locked else "")
        return " · ".join(word for word in words if word)

    def set_available(self, available: bool) -> None:
        """Say whether there is a network that tells parts apart."""
        if available != self.available:
            self.available = available
            if not available:
                self.muted, self.locked = NO_PARTS_MUTED, {}
            self.changed.emit()

    def toggle(self, part: int) -> None:
        """Mute a part, or let it be heard again."""
        self._mute(tuple(off != (number == part) for number, off in enumerate(self.muted)))

    def solo(self, part: int) -> None:
        """Mute all others; if they are muted already, let all be heard."""
        alone = tuple(number != part for number in range(len(PARTS)))
        self._mute(NO_PARTS_MUTED if self.muted == alone else alone)

    def toggle_lock(self, part: int, source: ClipSource | None) -> None:
        """Keep a part of what is chosen when another point is chosen, or let go of it.

        Args:
            part: which.
            source: what is chosen; None where nothing is.
        """
        if not self.available:
            return
        if part in self.locked:
            del self.locked[part]
        elif source is not None:
            self.locked[part] = part_sources(source)[part]
        self.changed.emit()

    def clear(self) -> None:
        """Let all parts be heard, and none be locked."""
        if self.in_use:
            self.muted, self.locked = NO_PARTS_MUTED, {}
            self.changed.emit()

    def unmuted(self, source: ClipSource) -> ClipSource:
        """`source` with the locked parts in the place of its own, all of them heard."""
        if not self.locked:
            return source
        own = part_sources(source)
        sources = [self.locked.get(part, own[part]) for part in range(len(PARTS))]
        return with_parts(sources, gains_db=part_gains_db(source))

    def apply(self, source: ClipSource) -> ClipSource:
        """`source` as it is heard: with the locked parts, without the muted ones."""
        found = self.unmuted(source)
        if not any(self.muted):
            return found
        return with_parts(part_sources(found), self.muted, part_gains_db(found))

    def _mute(self, muted: tuple[bool, ...]) -> None:
        if self.available:
            self.muted = muted
            self.changed.emit()
