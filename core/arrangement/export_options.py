"""What an export writes, apart from the arrangement itself."""

from __future__ import annotations

from dataclasses import dataclass

from core.settings import CEILING_DBTP, TARGET_LUFS


@dataclass(frozen=True)
class ExportOptions:
    """How an arrangement becomes audio files.

    Attributes:
        bit_depth: of formats that have one: 16, 24, or 32 (float).
        lane_stems: also write one file per audible lane, next to the mix, and one each of the echo
            and the reverb that lanes send to: a lane's own file is without them. All get the same
            gain, so that they sum to the mix before its limiter; where the true peak of one of them
            would pass the ceiling, all are lowered.
        part_stems: also write one file per part, kick, bass, drums and rest, with the same gain;
            they sum to the mix as lanes do.
        span: first tick, and first tick after the part to write; None: everything, with the bar in
            which echo and reverb fade away.
        lufs: integrated loudness to master to. None writes it as it is played, sample for sample,
            with the player's limiter and without its master gain.
        ceiling_dbtp: highest true peak of every file, as it is read (`files.coding_room_db`).
    """

    bit_depth: int = 24
    lane_stems: bool = False
    part_stems: bool = False
    span: tuple[int, int] | None = None
    lufs: float | None = TARGET_LUFS
    ceiling_dbtp: float = CEILING_DBTP
