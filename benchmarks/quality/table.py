"""The table: columns, what each is to reach, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table

ROWS = (
    "original recipe",
    "PCA-64",
    "nearest neighbour",
    "ours, griffin_lim",
    "ours, phase",
    "ours, guided",
    "ours, mosaic",
    "guided by itself",
)
RECIPE, COMPONENTS = ROWS[:2]
ITSELF = ROWS[-1]
MISSED = " ✗"
BEGIN, END = "<!-- begin: benchmarks.quality -->", "<!-- end: benchmarks.quality -->"
_CLICK_DB = 3.0

Row = dict[str, float]
Report = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        title, form: how it looks; `form` takes the row's figures by name.
        goal: what is to be reached, in words.
        reached: (row, report) -> whether it is; asked of our rows only.
        rows: whose goal it is; None: all of ours.
    """

    title: str
    form: str
    goal: str = ""
    reached: Callable[[Row, Report], bool] | None = None
    rows: tuple[str, ...] | None = None

    def text(self, row: Row) -> str:
        """The cell; empty where the method has no such figure."""
        try:
            return self.form.format_map(_Figures(row))
        except KeyError:
            return "-"

    def missed(self, name: str, row: Row, report: Report) -> bool:
        """Whether the row falls short of the goal."""
        concerned = name in self.rows if self.rows else name.startswith("ours")
        if self.reached is None or not concerned:
            return False
        try:
            return not self.reached(row, report)
        except KeyError:
            return False


class _Figures(dict[str, float]):
    """Figures by name, blanks as underscores."""

    def __missing__(self, key: str) -> float:
        return self[key.replace("_", " ")] if "_" in key else _absent(key)


def _absent(key: str) -> float:
    raise KeyError(key)


def _at_most(key: str, most: float) -> Callable[[Row, Report], bool]:
    return lambda row, _: row[key] <= most


def _within(key: str, low: float, high: float) -> Callable[[Row, Report], bool]:
    return lambda row, _: low <= row[key] <= high


def _of(name: str, key: str, share: float) -> Callable[[Row, Report], bool]:
    """At most `share` of the same figure of another row."""
    return lambda row, report: row[key] <= share * report["rows"][name][key]


MODEL = (
    Column("library error, dB", "{library_error:.2f}", "at most .8 of PCA-64",
           _of(COMPONENTS, "library error", 0.8)),
    Column("held-out error, dB", "{held_error:.2f}", "at most .95 of PCA-64",
           _of(COMPONENTS, "held error", 0.95)),
    Column("sharpness, library", "{library_sharpness:.2f}", ".8 to 1.2",
           _within("library sharpness", 0.8, 1.2)),
    Column("sharpness, held out", "{held_sharpness:.2f}", ".8 to 1.2",
           _within("held sharpness", 0.8, 1.2)),
    Column("realism", "{realism:.3f}", "at most twice train against test",
           lambda row, report: row["realism"] <= 2.0 * report["reference"]["realism"]),
    Column("novelty", "{novelty:.2f}", ".5 to 2", _within("novelty", 0.5, 2.0)),
    Column("smoothness", "{smoothness:.2f}", "at most 2", _at_most("smoothness", 2.0)),
    Column("latents active", "{active:.0f}", "48 or more", lambda row, _: row["active"] >= 48),
    Column("their deviation", "{deviation:.2f} ({least_deviation:.2f}-{largest_deviation:.2f})",
           ".7 to 1.3", _within("deviation", 0.7, 1.3)),
)  # fmt: skip

SOUND = (
    Column("punch, library", "{library_punch:.2f}", ".93 (mosaic)",
           lambda row, _: row["library punch"] >= 0.93, ("ours, mosaic",)),
    Column("punch, held out", "{held_punch:.2f}", ".6 (phase)",
           lambda row, _: row["held punch"] >= 0.6, ("ours, phase",)),
    Column("MR-STFT, library", "{library_MR-STFT:.2f}", "at most half the recipe's",
           _of(RECIPE, "library MR-STFT", 0.5)),
    Column("MR-STFT, held out", "{held_MR-STFT:.2f}", "at most half the recipe's",
           _of(RECIPE, "held MR-STFT", 0.5)),
    Column("error of the audio, dB", "{library_audio_error:.2f} / {held_audio_error:.2f}"),
    Column("sharpness of the audio", "{library_audio_sharpness:.2f} / {held_audio_sharpness:.2f}"),
    Column("tempo, BPM", "{tempo_error:.3f}", "within .1", _at_most("tempo error", 0.1)),
    Column("phase, ms", "{phase_ms:.1f}", "within 5", _at_most("phase ms", 5.0)),
    Column("steady", "{steady:.0%}"),
    Column("transitions: dip, click, dB", "{dip_dB:.2f}, {click_dB:.1f}", "within 1; no click",
           lambda row, _: row["dip dB"] <= 1.0 and row["click dB"] <= _CLICK_DB),
    Column("LUFS off, dBTP", "{LUFS_error:.2f}, {true_peak:.2f}", ".2; at most -1",
           lambda row, _: row["LUFS error"] <= 0.2 and row["true peak"] <= -1.0),
    Column("CPU s a segment", "{seconds:.3f}", "1/12 of the recipe's",
           _of(RECIPE, "seconds", 1 / 12)),
)  # fmt: skip
COLUMNS = MODEL + SOUND
PARTS = {"What was learned": MODEL, "How it sounds": SOUND}


def judge(report: Report) -> None:
    """Write into `report["missed"]` which goals which rows fall short of."""
    report["missed"] = [
        f"{name}: {column.title} {column.text(row)}, to reach: {column.goal}"
        for name, row in _in_order(report)
        for column in COLUMNS
        if column.missed(name, row, report)
    ]
    if report.get("training", {}).get("share", 0.0) > 1 / 5:
        report["missed"].append("training time to the original recipe's error: over a fifth")


def plain(report: Report) -> Group:
    """For a terminal."""
    tables = []
    for title, columns in PARTS.items():
        table = Table(title=title)
        for header in ("", *(column.title for column in columns)):
            table.add_column(header)
        for line in _lines(columns, report):
            table.add_row(*line)
        tables.append(table)
    return Group(*tables, *sentences(report), *(f"missed: {one}" for one in report["missed"]))


def markdown(report: Report) -> str:
    """The two tables and the sentences under them."""
    text = []
    for title, columns in PARTS.items():
        lines = [["", *(column.title for column in columns)], ["---"] * (len(columns) + 1)]
        lines += _lines(columns, report)
        text.append(f"### {title}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines))
    missed = [f"Missed: {one}." for one in report["missed"]]
    notes = "\n".join(f"- {one}" for one in (*sentences(report), *missed))
    return "\n\n".join([*text, notes]) + "\n"


def write_into(path: Path, text: str) -> None:
    """Put `text` between the marks in the file at `path`, which is made if it is not there."""
    page = path.read_text(encoding="utf-8") if path.exists() else f"{BEGIN}\n{END}\n"
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2] or "\n"
    path.write_text(f"{before}{BEGIN}\n{text}{END}{after}", encoding="utf-8")


def sentences(report: Report) -> list[str]:
    """What does not fit into cells."""
    training, reference = report["training"], report["reference"]
    return [
        report["music"]
        + f". {report['minutes']:g} minutes of training for each network; "
        + report["machine"]
        + ".",
        f"Real music: held out against library, realism {reference['realism']:.3f} (half the "
        f"library's tracks against the other half: "
        f"{reference['realism of half the library against the other']:.3f}); held-out segments lie "
        f"{reference['to nearest dB']:.2f} dB from the nearest of the library (novelty 1). One "
        f"mean spectrum for everything: {reference['mean spectrum, library dB']:.2f} and "
        f"{reference['mean spectrum, held dB']:.2f} dB.",
        f"Training to the original recipe's final error (as shares of the mean spectrum's error: "
        f"{training['original share']:.2f} after "
        f"{training['original CPU seconds']:.0f} CPU seconds, ours ends at "
        f"{training['ours share']:.2f}) takes ours "
        f"{training['CPU seconds until']:.0f} CPU seconds, "
        f"{training['share']:.3f} of its time (to reach: .2).",
    ]


def _in_order(report: Report) -> list[tuple[str, Row]]:
    return [(name, report["rows"][name]) for name in ROWS if name in report["rows"]]


def _lines(columns: tuple[Column, ...], report: Report) -> list[list[str]]:
    lines = [
        [
            name,
            *(c.text(row) + MISSED * c.missed(name, row, report) for c in columns),
        ]
        for name, row in _in_order(report)
    ]
    return [*lines, ["*to reach*", *(column.goal for column in columns)]]
