from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.audio import scratch
from core.audio.scratch import BLOCK_FRAMES, ScratchAudio
from core.errors import OutputError


@pytest.mark.parametrize("in_memory", [1, 1 << 30])
def test_what_is_read_is_what_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: int
) -> None:
    monkeypatch.setattr(scratch, "_IN_MEMORY", in_memory)
    samples = np.random.default_rng(0).standard_normal((2 * BLOCK_FRAMES + 5, 2), np.float32)
    with ScratchAudio(tmp_path / "a.wav") as sound:
        for block in np.split(samples, [7, 100_000]):
            sound.append(block)
        assert sound.frames == len(samples)
        for _ in range(2):
            blocks = list(sound.blocks())
            assert [len(block) for block in blocks] == [BLOCK_FRAMES, BLOCK_FRAMES, 5]
            np.testing.assert_array_equal(np.concatenate(blocks), samples)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_gone_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "_IN_MEMORY", 1)
    with (
        ScratchAudio(tmp_path / "gone" / "a.wav") as sound,
        pytest.raises(OutputError, match=r"a\.wav"),
    ):
        sound.append(np.zeros((10, 2), np.float32))
