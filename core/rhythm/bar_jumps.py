"""Edits that the beat alone does not show: bars that repeat before and after, but elsewhere.

Where hats or basses play eighths, a beat is much like itself half a beat on, and where nothing is
like the rest of the track the beat is not followed at all. Bars tell: their mean before an edit and
after it are alike, but shifted by what was cut out. Whole beats are left to the counting of bars.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.rhythm.bars import BEATS
from core.rhythm.onsets import Floats

BARS: Final = 8
"""That are compared before and after an edit."""
_FEWEST_BARS: Final = 4
_MOST_JUMPS: Final = 8
_ALIKE: Final = 0.6
"""Likeness of the mean bars before and after an edit; other music that begins there is less."""
_CLEARLY: Final = 0.12
"""By which they are more alike than if nothing but whole beats were cut out."""
_WHOLE: Final = 0.04
"""Beats; what is as near to whole ones the beat itself shows."""


_HIGHS: Final = slice(2, 4)
"""The bands of mids and highs."""
_HIGHS_ALIKE: Final = 0.5
_HIGHS_CLEARLY: Final = 0.03
"""How alike, and by how much more than at the other place, what stays is."""

Spectra = NDArray[np.complexfloating]


class BarJump(NamedTuple):
    """An edit before a window, and the windows whose beats are later than they were followed.

    Attributes:
        late: beats, -0.5..0.5.
    """

    window: int
    first: int
    last: int
    late: float


def bar_jumps(
    windows: Floats, late: NDArray[np.float64], sure: NDArray[np.float64], known: Sequence[int]
) -> list[BarJump]:
    """Where the bars of a track go on repeating at another place.

    Args:
        windows: (n, bands, `BEATS` x bins) attacks of windows, one after the other.
        late: (n,) beats by which the beat of each is late, as it was followed.
        sure: (n,) how much each says of that, 0..1: what says more stays where it is.
        known: windows from which on the beat is elsewhere anyway.

    Returns:
        The jumps, the clearest first; each on top of `late` and of those before it.
    """
    spectra = np.fft.rfft(windows - windows.mean(axis=2, keepdims=True), axis=2)
    lengths = np.arange(spectra.shape[2])
    spectra *= np.exp(2j * np.pi / BEATS * np.outer(late, lengths))[:, None, :]
    found: list[BarJump] = []
    while len(found) < _MOST_JUMPS and (edit := _clearest(spectra, windows.shape[2], known)):
        window, later = edit
        begin = max((at for at in known if at <= window), default=0)
        end = min((at for at in known if at > window), default=len(windows))
        if sure[begin:window].sum() < sure[window:end].sum():
            jump = BarJump(window, begin, window, -later)
        else:
            jump = BarJump(window, window, end, later)
        found.append(jump)
        spectra[jump.first : jump.last] *= np.exp(2j * np.pi / BEATS * jump.late * lengths)
    return found


def _clearest(spectra: Spectra, size: int, known: Sequence[int]) -> tuple[int, float] | None:
    """The clearest edit in bars (n, bands, frequencies) of `size` bins: the first window after it,
    and the beats by which it is late; None if there is none.

    It is none of the known ones: what those move is no new part, and would be found for ever.
    """
    edges = np.arange(_FEWEST_BARS, len(spectra) - _FEWEST_BARS + 1)
    for at in known:
        edges = edges[np.abs(edges - at) >= _FEWEST_BARS]
    if len(edges) == 0:
        return None
    total = np.concatenate([np.zeros_like(spectra[:1]), np.cumsum(spectra, axis=0)])
    before = total[edges] - total[np.maximum(edges - BARS, 0)]
    after = total[np.minimum(edges + BARS, len(spectra))] - total[edges]
    norms = [np.sqrt(2.0 * (np.abs(each) ** 2).sum(axis=2)) for each in (before, after)]
    scale = size / np.maximum(norms[0] * norms[1], 1e-9)
    product = np.einsum("nbf,nbf,nb->nf", np.conj(before), after, scale) / spectra.shape[1]
    alike = np.fft.irfft(product, size, axis=1)
    places = np.arange(size) * BEATS / size
    whole = np.abs(places - np.round(places)) < _WHOLE
    other = np.where(whole, -np.inf, alike)
    gain = np.where(other.max(axis=1) > _ALIKE, other.max(axis=1), -np.inf)
    gain = gain - alike[:, whole].max(axis=1)
    for best in np.argsort(-gain):
        if gain[best] < _CLEARLY:
            break
        lag = int(np.argmax(other[best]))
        if not _highs_stay(before[best], after[best], lag, whole):
            return int(edges[best]), float(places[lag] - np.round(places[lag]))
    return None


def _highs_stay(before: Spectra, after: Spectra, lag: int, whole: NDArray[np.bool_]) -> bool:
    """Whether mids or highs, (bands, frequencies) of bars on either side, go on where they were.

    An edit moves all that sounds. Where kicks or a bass begin between off-beats, lows and kicks by
    themselves are more alike half a beat on.
    """
    both = before[_HIGHS], after[_HIGHS]
    norms = [np.sqrt(2.0 * (np.abs(each) ** 2).sum(axis=1)) for each in both]
    scale = len(whole) / np.maximum(norms[0] * norms[1], 1e-9)
    alike = np.fft.irfft(np.conj(both[0]) * both[1], len(whole), axis=1) * scale[:, None]
    here, there = alike[:, whole].max(axis=1), alike[:, lag]
    return bool(((here > _HIGHS_ALIKE) & (here - there > _HIGHS_CLEARLY)).any())
