"""What happened in training, epoch by epoch: JSON and a picture of the curves."""

from __future__ import annotations

import io
import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path

from core.atomic import write_bytes, write_text
from core.file_names import companion

_LARGEST = 1 << 53
_MOST_BYTES = 16 << 20
"""Of a file that is read: a hundred thousand epochs."""


@dataclass(frozen=True)
class Epoch:
    """One row of the history.

    Attributes:
        number: 0 is the model before any training.
        seconds: since the run began.
        held_out_db, library_db: mean absolute error; None where nothing is held out (any more).
        kl: nats per window of the library.
        active: latents in use.
        deviation: of the latents' means over the library, averaged over latents.
    """

    number: int
    seconds: float
    held_out_db: float | None
    library_db: float
    kl: float
    active: int
    deviation: float
    rate: float
    kl_weight: float


@dataclass
class History:
    """All epochs so far, those of earlier runs included."""

    epochs: list[Epoch] = field(default_factory=list)

    @property
    def last(self) -> int:
        """Number of the last epoch; 0 before the first."""
        return self.epochs[-1].number if self.epochs else 0

    def to_json(self) -> str:
        """One object with one list per quantity."""
        rows = [asdict(epoch) for epoch in self.epochs]
        columns = {name: [row[name] for row in rows] for name in Epoch.__dataclass_fields__}
        return json.dumps(columns, indent=1)

    @classmethod
    def from_json(cls, text: str) -> History:
        """What `to_json` wrote. Raises `ValueError`, `KeyError` or `TypeError` on anything else."""
        try:
            columns = json.loads(text)
        except RecursionError as error:
            raise ValueError("deeper than any training writes") from error
        names = list(Epoch.__dataclass_fields__)
        if not all(_is_number(name, value) for name in names for value in columns[name]):
            raise ValueError("holds other things than numbers")
        rows = zip(*(columns[name] for name in names), strict=True)
        return cls([Epoch(**dict(zip(names, row, strict=True))) for row in rows])

    @classmethod
    def read(cls, model_path: Path) -> History:
        """Read what a training wrote beside its model.

        Args:
            model_path: the model's file.

        Returns:
            The history.

        Raises:
            FileNotFoundError: there is none, or something else than a file is in its place.
            OSError: it cannot be read.
            ValueError, KeyError, TypeError: it is no history.
        """
        path = companion(model_path, ".history.json")
        if not path.is_file():  # a pipe would never answer
            raise FileNotFoundError(path)
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise ValueError("larger than any training writes")
        return cls.from_json(content.decode("utf-8"))

    def write(self, model_path: Path) -> None:
        """Write `<model>.history.json` and `<model>.history.png`. Raises `OutputError`."""
        write_text(companion(model_path, ".history.json"), self.to_json())
        write_bytes(companion(model_path, ".history.png"), _curves(self.epochs))


def _is_number(name: str, value: object) -> bool:
    if isinstance(value, int):
        return abs(value) < _LARGEST
    return isinstance(value, float) or (value is None and name == "held_out_db")


def _or_gap(value: float | None) -> float:
    return math.nan if value is None else value


def _curves(epochs: list[Epoch]) -> bytes:
    """A PNG: error above, KL and active latents below."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 6), layout="constrained")
    canvas = FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, sharex=True)
    numbers = [epoch.number for epoch in epochs]
    above.plot(numbers, [epoch.library_db for epoch in epochs], label="library")
    above.plot(numbers, [_or_gap(epoch.held_out_db) for epoch in epochs], label="held out")
    above.set_ylabel("error, dB")
    above.legend()
    below.plot(numbers, [epoch.kl for epoch in epochs], color="tab:green")
    below.set_ylabel("KL, nats", color="tab:green")
    below.set_xlabel("epoch")
    right = below.twinx()
    right.plot(numbers, [epoch.active for epoch in epochs], color="tab:red")
    right.set_ylabel("active latents", color="tab:red")
    right.set_ylim(0, None)
    for axes in (above, below):
        axes.grid(alpha=0.3)
    png = io.BytesIO()
    canvas.print_png(png)
    return png.getvalue()
