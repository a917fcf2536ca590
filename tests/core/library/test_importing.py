"""Whole imports of small synthetic music; through real worker processes where these matter."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing import active_children
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core import settings
from core.audio.writing import AudioWriter
from core.errors import InputError, LibraryError
from core.library import import_jobs, missing_audio, report
from core.library.importing import import_audio
from core.library.lock import NAME, WriterLock
from core.library.report import FileReport, ImportReport
from core.library.store import Library
from core.rhythm.grid import BeatGrid
from tests import synthetic
from tests.core.library import held_jobs
from tests.systems import needs_kill

RATE = settings.SAMPLE_RATE
Import = Callable[..., ImportReport]


def techno(bars: int, bpm: float, seed: int = 0, start: float = 0.1) -> np.ndarray:
    spec = synthetic.Spec(
        bpm=bpm, parts=(synthetic.Part(bars),), start=start, seed=seed, channels=2
    )
    return synthetic.render(spec).samples


def write(path: Path, samples: np.ndarray, title: str | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with AudioWriter(path, samples.shape[1], title=title) as writer:
        writer.write(samples)
    return path


def by_name(result: ImportReport) -> dict[str, FileReport]:
    return {file.path.name: file for file in result.files}


def shards(library: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in (library / "spectrograms").iterdir()}


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all sorts; no test may change it."""
    folder = tmp_path_factory.mktemp("music")
    first = techno(12, 128.0)
    write(folder / "a.wav", first)
    write(folder / "deep" / "deeper" / "Zwölf Öfen #2 100%.flac", techno(8, 134.0, seed=1))
    shutil.copy(folder / "a.wav", folder / "z copy of a.wav")
    write(folder / "z retagged.flac", soundfile.read(folder / "a.wav", dtype="float32")[0], "New")
    rng = np.random.default_rng(5)
    write(folder / "no beat.wav", 0.1 * rng.standard_normal((15 * RATE, 1)).astype(np.float32))
    write(folder / "no beat short.wav", 0.1 * rng.standard_normal((6 * RATE, 1)).astype(np.float32))
    write(folder / "short.wav", techno(2, 128.0))
    write(folder / "silence.wav", np.zeros((10 * RATE, 1), np.float32))
    (folder / "text.wav").write_text("this is no audio")
    write(folder / ".hidden.wav", techno(4, 120.0))
    write(folder / ".folder" / "hidden.wav", techno(4, 120.0))
    (folder / "cover.jpg").write_bytes(b"\xff\xd8\xff")
    return folder


@pytest.fixture(scope="module")
def imported(music: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ImportReport]:
    path = tmp_path_factory.mktemp("imported") / "library"
    return path, import_audio(path, [music], workers=2)


@pytest.fixture
def copied(imported: tuple[Path, ImportReport], tmp_path: Path) -> Path:
    """The imported library, to do with what a test likes."""
    return Path(shutil.copytree(imported[0], tmp_path / "library"))


def test_every_file_gets_its_report(imported: tuple[Path, ImportReport]) -> None:
    path, result = imported
    files = by_name(result)
    same = [files.pop(name) for name in ("a.wav", "z copy of a.wav", "z retagged.flac")]
    assert {name: file.status for name, file in files.items()} == {
        "Zwölf Öfen #2 100%.flac": report.IMPORTED,
        "no beat.wav": report.UNALIGNED,
        "no beat short.wav": report.NO_SEGMENTS,
        "short.wav": report.ONE_SHOT,
        "silence.wav": report.REFUSED,
        "text.wav": report.REFUSED,
    }
    # Which of the three is analysed first is up to the workers.
    assert sorted(f.status for f in same) == [report.DUPLICATE, report.DUPLICATE, report.IMPORTED]
    for file in same:
        assert file.bpm == pytest.approx(128.0, abs=0.01)
        assert file.segments == 3
        assert file.track_id == same[0].track_id
    assert "kept aside" in files["short.wav"].reason
    assert "needs" in files["no beat short.wav"].reason
    for file in result.files:
        assert bool(file.reason) == (file.status != report.IMPORTED)
        assert str(file.path) not in file.reason
        assert "\n" not in file.reason
    assert not result.cancelled
    assert result.usable
    assert result.counts()["refused"] == 2
    assert result.decoded_seconds > 60
    assert "times real time" in result.speed_line()
    assert sorted(p.name for p in path.iterdir()) == [
        NAME,
        "audio",
        "library.sqlite",
        "one_shots",
        "spectrograms",
    ]


def test_what_is_in_the_library_is_the_music(imported: tuple[Path, ImportReport]) -> None:
    path, _ = imported
    with Library.open(path, read_only=True) as library:
        tracks = {track.seconds: track for track in library.tracks()}
        assert len(tracks) == 3
        assert library.tempo == pytest.approx(131.0, abs=0.01)
        for track in tracks.values():
            assert library.audio_path(track).name == f"{track.id}.flac"
            assert len(library.segments(1, track.id)) == track.windows(1)
            rows = library.track_spectrogram(track.id)
            assert isinstance(rows, np.memmap)
            assert rows.shape == (track.rows, settings.N_BANDS)
        beatless = next(t for t in tracks.values() if not t.aligned)
        assert beatless.bpm == library.tempo
        assert library.segments(1, beatless.id)[0].start_seconds == 0.0
        techno_track = max((t for t in tracks.values() if t.aligned), key=lambda t: t.seconds)
        assert techno_track.grid.downbeat % (240 / 128) == pytest.approx(0.1, abs=0.005)
        segment = library.segments(1, techno_track.id)[2]
        from_shard = library.segment_spectrogram(segment)
        shutil.move(path / "spectrograms", path / "away")
        try:
            from_flac = library.segment_spectrogram(segment)
        finally:
            shutil.move(path / "away", path / "spectrograms")
        loud = from_shard > -60
        assert np.abs(from_flac - from_shard)[loud].mean() < 0.1


def test_importing_again_reads_nothing(copied: Path, music: Path) -> None:
    before = shards(copied)
    result = import_audio(copied, [music])
    assert result.decoded_seconds == 0.0
    assert result.counts() == {
        report.UNCHANGED: 3,
        report.DUPLICATE: 2,
        report.ONE_SHOT: 1,
        report.NO_SEGMENTS: 1,
        report.REFUSED: 2,
    }
    assert result.speed_line().startswith("nothing to read")
    assert shards(copied) == before


@pytest.mark.slow
def test_a_changed_file_is_read_again_and_the_old_music_stays(
    import_here: Import, copied: Path, tmp_path: Path
) -> None:
    path = write(tmp_path / "edit.wav", techno(8, 120.0, seed=7))
    assert by_name(import_here(copied, [path]))["edit.wav"].status == report.IMPORTED
    write(path, techno(8, 124.0, seed=8))
    os.utime(path, ns=(1, 1))
    again = by_name(import_here(copied, [path]))["edit.wav"]
    assert again.status == report.IMPORTED
    assert "former music stays" in again.warnings[0]
    with Library.open(copied) as library:
        assert len(library.tracks()) == 5


def test_lost_audio_is_found_in_a_folder_by_its_sound(
    import_here: Import, copied: Path, music: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other disk"
    other.mkdir()
    shutil.copy(music / "z retagged.flac", other / "track 7.flac")
    write(other / "new music.wav", techno(12, 128.0, seed=9))
    write(other / "longer.wav", techno(20, 128.0))
    with Library.open(copied) as library:
        before = library.tracks()
        lost = max(
            before, key=lambda track: track.seconds
        )  # of all files with the sound of "a.wav"
        audio = library.audio_path(lost)
        content = audio.read_bytes()
        audio.unlink()
        assert missing_audio.missing_tracks(library) == (lost,)
    executor = import_here.keywords["executor"]  # type: ignore[attr-defined]
    done = missing_audio.find_again(copied, other, executor=executor)
    assert [Path(file.path).name for file in done.files] == ["track 7.flac"]
    assert "is back" in done.files[0].reason
    assert audio.read_bytes() == content
    with Library.open(copied) as library:
        assert missing_audio.missing_tracks(library) == ()
        assert [track.id for track in library.tracks()] == [track.id for track in before]
    with pytest.raises(InputError, match="choose another folder"):
        missing_audio.find_again(copied, other)


@pytest.mark.slow
def test_a_file_that_was_cut_short_is_found_again(import_here: Import, tmp_path: Path) -> None:
    """It states another length than the track's."""
    path = write(tmp_path / "cut.wav", techno(10, 128.0))
    path.write_bytes(path.read_bytes()[: 16 * RATE * 4])
    import_here(tmp_path / "lib", [path])
    with Library.open(tmp_path / "lib", read_only=True) as library:
        (track,) = library.tracks()
        assert "cut short" in track.warnings[0]
        stored = library.audio_path(track)
    stored.unlink()
    (tmp_path / "other").mkdir()
    path.rename(tmp_path / "other" / "moved.wav")
    executor = import_here.keywords["executor"]  # type: ignore[attr-defined]
    done = missing_audio.find_again(tmp_path / "lib", tmp_path / "other", executor=executor)
    assert [Path(file.path).name for file in done.files] == ["moved.wav"]
    assert stored.is_file()


def test_audio_that_was_lost_comes_back(import_here: Import, copied: Path, music: Path) -> None:
    with Library.open(copied) as library:
        tracks = library.tracks()
        before = {t.id: library.audio_path(t).read_bytes() for t in tracks}
        for track in tracks:
            library.audio_path(track).unlink()
    result = import_here(copied, [music])
    assert sum("is back" in f.reason for f in result.files) == len(tracks)
    with Library.open(copied) as library:
        assert {t.id: library.audio_path(t).read_bytes() for t in library.tracks()} == before
    assert import_here(copied, [music]).decoded_seconds == 0.0


_WITH_LITTLE_ROOM = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
from core.errors import OutputError
from core.library.importing import import_audio
try:
    import_audio(sys.argv[1], sys.argv[2:], workers=1)
except OutputError as error:
    print(error)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits as POSIX has them")
def test_a_disk_without_room_ends_the_import_with_one_line(tmp_path: Path) -> None:
    write(tmp_path / "music" / "0.wav", techno(16, 126.0))
    done = subprocess.run(
        [sys.executable, "-c", _WITH_LITTLE_ROOM, str(tmp_path / "l"), str(tmp_path / "music")],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1
    assert "too large for this disk" in done.stdout
    assert not list((tmp_path / "l").glob(".library-incoming*"))
    result = import_audio(tmp_path / "l", [tmp_path / "music"], workers=1)
    assert result.files[0].status == report.IMPORTED


@pytest.mark.slow
def test_a_moved_file_is_known_again(import_here: Import, copied: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "here.wav", techno(8, 120.0, seed=7))
    first = import_here(copied, [path]).files[0]
    moved = path.rename(tmp_path / "there.wav")
    second = import_here(copied, [moved]).files[0]
    assert (second.status, second.track_id) == (report.UNCHANGED, first.track_id)
    assert "moved here from" in second.reason
    with Library.open(copied) as library:
        assert library.track(str(first.track_id)).source_path == str(moved)


@pytest.mark.slow
def test_corrections_outlive_removal_and_other_libraries_do_not_see_them(
    import_here: Import, copied: Path, tmp_path: Path
) -> None:
    path = write(tmp_path / "mine.wav", techno(8, 120.0, seed=7))
    identity = str(import_here(copied, [path]).files[0].track_id)
    with Library.open(copied) as library:
        grid = library.track(identity).grid.shifted(1)
        library.set_grid(identity, grid)
        segments = library.segments(1, identity)
        shard = np.array(library.track_spectrogram(identity))
        library.remove_track(identity)
    again = import_here(copied, [path]).files[0]
    assert (again.status, again.track_id) == (report.IMPORTED, identity)
    with Library.open(copied) as library:
        assert library.track(identity).grid == grid
        assert [s.start_seconds for s in library.segments(1, identity)] == [
            s.start_seconds for s in segments
        ]
        again_rows = np.array(library.track_spectrogram(identity))
        assert again_rows.shape == shard.shape
        assert np.abs(again_rows - shard)[shard > -70].max() < 0.5
        refitted = library.refit(identity)
        assert refitted.grid.origin == "fit"
        assert library.correction(refitted.content_hash) is None


def test_a_correction_aligns_a_track_without_a_beat(copied: Path) -> None:
    with Library.open(copied) as library:
        track = next(t for t in library.tracks() if not t.aligned)
        library.set_grid(track.id, BeatGrid.default(track.seconds, 125.0))
        assert library.track(track.id).aligned
        assert library.refit(track.id).grid.origin == "default"
        assert not library.track(track.id).aligned


@pytest.mark.parametrize(
    ("inputs", "problem"),
    [
        (["nowhere.wav"], "nowhere.wav: no such file"),
        (["*.wav"], r"\*.wav: nothing has such a name"),
        (["empty"], "no audio files"),
        ([], "no audio files"),
    ],
)
def test_inputs_that_mean_nothing_make_no_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inputs: list[str], problem: str
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=problem):
        import_audio(tmp_path / "library", inputs)
    assert not (tmp_path / "library").exists()


def test_a_folder_of_music_does_not_become_a_library(tmp_path: Path) -> None:
    path = write(tmp_path / "music" / "a.wav", techno(4, 120.0))
    with pytest.raises(LibraryError, match="holds other things"):
        import_audio(tmp_path / "music", [path])
    assert [p.name for p in (tmp_path / "music").iterdir()] == ["a.wav"]


@pytest.mark.slow
def test_a_library_inside_the_music_does_not_import_itself(
    import_here: Import, tmp_path: Path
) -> None:
    write(tmp_path / "a.wav", techno(4, 120.0))
    for expected in (report.IMPORTED, report.UNCHANGED):
        result = import_here(tmp_path / "library", [tmp_path])
        assert [(f.path.name, f.status) for f in result.files] == [("a.wav", expected)]


def test_a_second_import_is_told_who_is_first(copied: Path, music: Path) -> None:
    with WriterLock(copied), pytest.raises(LibraryError, match=f"process {os.getpid()}"):
        import_audio(copied, [music])
    assert import_audio(copied, [music]).usable


def test_leftovers_are_swept_and_foreign_files_are_not(copied: Path, music: Path) -> None:
    (copied / ".library-incoming-1").mkdir()
    (copied / ".library-incoming-1" / "0.flac").write_text("x")
    (copied / "audio" / f"{'ab' * 8}.flac").write_text("never entered")
    (copied / "spectrograms" / f"{'ab' * 8}-12345678.npy").write_text("never entered")
    (copied / "audio" / "notes.txt").write_text("mine")
    fresh = copied / "spectrograms" / f".{'ab' * 8}-12345678-xyz.npy"
    fresh.write_text("being written")
    import_audio(copied, [music])
    assert not (copied / ".library-incoming-1").exists()
    assert not list(copied.rglob(f"{'ab' * 8}*"))
    assert (copied / "audio" / "notes.txt").exists()
    assert fresh.exists()
    os.utime(fresh, (1, 1))
    import_audio(copied, [music])
    assert not fresh.exists()


@pytest.mark.slow
@needs_kill
def test_a_worker_that_dies_loses_only_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for k in range(3):
        write(tmp_path / "music" / f"{k}.wav", techno(8 * (3 - k), 126.0, seed=k))
    killed: list[str] = []

    def kill_once(done: float, total: float, message: str = "") -> None:
        if not killed:
            killed.append(message)
            (worker,) = active_children()
            os.kill(int(worker.pid or 0), signal.SIGKILL)

    with monkeypatch.context() as patched:
        patched.setattr(import_jobs, "analyse", held_jobs.hold_first)
        result = import_audio(tmp_path / "library", [tmp_path / "music"], kill_once, workers=1)
    files = by_name(result)
    assert killed == ["0.wav"]
    assert files["0.wav"].status == report.REFUSED
    assert "died on this file (SIGKILL" in files["0.wav"].reason
    assert [files[f"{k}.wav"].status for k in (1, 2)] == [report.IMPORTED] * 2
    again = import_audio(tmp_path / "library", [tmp_path / "music"], workers=1)
    assert by_name(again)["0.wav"].status == report.IMPORTED


@pytest.mark.slow
def test_cancelling_keeps_what_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for k in range(3):
        write(tmp_path / "music" / f"{k}.wav", techno(8 * (3 - k), 126.0, seed=k))
    cancel = threading.Event()

    def cancel_in_the_second(done: float, total: float, message: str = "") -> None:
        if message == "1.wav":
            cancel.set()

    inputs, path = [tmp_path / "music"], tmp_path / "library"
    with monkeypatch.context() as patched:
        patched.setattr(import_jobs, "analyse", held_jobs.hold_second)
        result = import_audio(path, inputs, cancel_in_the_second, cancel, workers=1)
    assert result.cancelled
    assert [f.path.name for f in result.files] == ["0.wav"]
    assert active_children() == []
    assert not list(path.glob(".library-incoming*"))
    rest = import_audio(path, inputs, workers=1)
    assert [f.status for f in rest.files] == [report.UNCHANGED, report.IMPORTED, report.IMPORTED]


@pytest.mark.slow
def test_an_interrupt_leaves_everything_usable(tmp_path: Path) -> None:
    write(tmp_path / "music" / "0.wav", techno(16, 126.0))

    def interrupt(done: float, total: float, message: str = "") -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_audio(tmp_path / "library", [tmp_path / "music"], interrupt, workers=1)
    assert active_children() == []
    result = import_audio(tmp_path / "library", [tmp_path / "music"], workers=1)
    assert result.files[0].status == report.IMPORTED


@pytest.mark.slow
def test_names_that_are_no_text_are_imported(import_here: Import, tmp_path: Path) -> None:
    path = write(tmp_path / "music" / "x.wav", techno(4, 126.0))
    try:
        odd = path.rename(Path(os.fsdecode(os.fsencode(path.parent) + b"/caf\xe9.wav")))
    except OSError:
        pytest.skip("this file system takes text only")
    assert odd.exists()
    result = import_here(tmp_path / "library", [path.parent])
    (file,) = result.files
    assert file.status == report.IMPORTED
    assert str(result.as_dict()["files"][0]["path"]).encode().endswith(b"caf\\xe9.wav")
    with Library.open(tmp_path / "library") as library:
        assert library.tracks()[0].title == "caf\\xe9"


@pytest.mark.slow
def test_the_tags_name_a_track(import_here: Import, tmp_path: Path) -> None:
    write(tmp_path / "music" / "x.flac", techno(4, 126.0), title="Nachtzug")
    import_here(tmp_path / "library", [tmp_path / "music"])
    with Library.open(tmp_path / "library") as library:
        assert library.tracks()[0].title == "Nachtzug"


@pytest.mark.slow
def test_progress_runs_from_nothing_to_all(tmp_path: Path) -> None:
    for k in range(2):
        write(tmp_path / "music" / f"{k}.wav", techno(8, 126.0, seed=k))
    told: list[tuple[float, float, str]] = []
    started = time.monotonic()
    import_audio(
        tmp_path / "library",
        [tmp_path / "music"],
        lambda done, total, message="": told.append((done, total, message)),
        workers=2,
    )
    done = [d for d, _, _ in told]
    assert done == sorted(done)
    assert told[-1][0] == pytest.approx(told[-1][1])
    assert {m for _, _, m in told} == {"0.wav", "1.wav"}
    assert len(told) < 20 + 20 * (time.monotonic() - started)
