from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core import settings
from core.dsp import attributes, spectrogram
from core.errors import Cancelled, InputError, LibraryError, OutputError
from core.library import database, latents, schema
from core.library.latents import part_map_name
from core.library.store import DATABASE, Library
from core.rhythm.grid import BeatGrid, GridSection
from tests.core.library.building import add_track, kicks, make_library

ROOT = Path(__file__).resolve().parents[3]


def _read_everything(path: Path) -> None:
    with Library.open(path) as library:
        library.tracks()
        library.segments(1)


def _delete_and_fail(library: Library) -> None:
    with library.database.transaction():
        library.database.execute("DELETE FROM tracks")
        assert library.tracks() == []
        library.database.execute("DELETE FROM nowhere")


def random_latents(count: int) -> np.ndarray:
    return np.random.default_rng(3).standard_normal((count, settings.LATENT_SIZE), np.float32)


def test_segments_lie_on_downbeats_and_keep_their_ids(library: Library) -> None:
    track = library.tracks()[0]
    every_bar = library.segments(1, track.id)
    assert [s.bar for s in every_bar] == list(range(track.sections[0].bars - 3))
    bar = 240.0 / track.bpm
    for segment in every_bar:
        assert segment.start_seconds == pytest.approx(0.25 + segment.bar * bar, abs=1e-9)
        assert segment.id == f"{track.id}-0-{segment.bar}"
        assert library.segment(segment.id) == segment
    assert [s.bar for s in library.segments(4, track.id)] == [0]
    assert track.windows(1) == len(every_bar)


def test_segments_of_all_tracks_come_in_the_order_of_the_tracks(tmp_path: Path) -> None:
    with Library.create(tmp_path / "made") as library:
        for title in ("track 10", "Track 2", "track 1"):
            add_track(library, title)
        titles = {track.id: track.title for track in library.tracks()}
        assert list(titles.values()) == ["track 1", "Track 2", "track 10"]
        found = [titles[s.track_id] for s in library.segments()]
        assert list(dict.fromkeys(found)) == list(titles.values())


def test_phrases_decide_where_the_map_segments_begin(tmp_path: Path) -> None:
    seconds, bpm = 30.0, 120.0
    section = GridSection.through(0.0, seconds, bpm, phrase=0.5 + 2 * 2.0)
    with Library.create(tmp_path / "made") as library:
        track = add_track(
            library, "a", seconds=seconds, bpm=bpm, grid=BeatGrid((section,), confidence=0.9)
        )
        assert [s.bar for s in library.segments(4)] == [2, 6, 10]
        assert len(library.segments(1)) == track.sections[0].bars - 3
        rows = library.segment_rows(track.id, 4)
        np.testing.assert_array_equal(rows, np.array([2, 6, 10]) * settings.FRAMES_PER_BAR)


def test_sections_of_libraries_that_gave_no_segment_give_one(tmp_path: Path) -> None:
    """Once a phrase on the fourth of five bars left a track without a dot."""
    with Library.create(tmp_path / "made") as library:
        track = add_track(library, "a", seconds=10.2, bpm=120.0, downbeat=0.1)
        assert [section.bars for section in track.sections] == [5]
        with library.database.transaction():
            library.database.execute("UPDATE sections SET phrase_bar = 3")
        assert [s.bar for s in library.segments(4)] == [0]
        (found,) = library.tracks()
        assert found.windows() == 1
        assert library.segment_rows(track.id, 4).tolist() == [0]


def test_sections_of_a_moving_tempo_follow_each_other_in_the_shard(tmp_path: Path) -> None:
    sections = (GridSection(0.0, 14.0, 128.0, 0.25), GridSection(14.0, 30.0, 120.0, 14.5))
    with Library.create(tmp_path / "made") as library:
        grid = BeatGrid(sections, confidence=0.9)
        track = add_track(library, "mix", seconds=30.0, grid=grid)
        first, second = track.sections
        assert (first.bars, second.bars) == (7, 7)
        assert second.first_row == 7 * settings.FRAMES_PER_BAR
        spectrum = library.track_spectrogram(track.id)
        assert spectrum.shape == (14 * settings.FRAMES_PER_BAR, settings.N_BANDS)
        ids = [s.id for s in library.segments(4)]
        assert ids == [f"{track.id}-0-0", f"{track.id}-1-0"]
        segment = library.segment(f"{track.id}-1-0")
        expected = spectrum[second.first_row :][: settings.FRAMES_PER_SEGMENT]
        np.testing.assert_array_equal(library.segment_spectrogram(segment), expected)


def test_a_spectrogram_from_the_audio_is_the_one_from_the_shard(library: Library) -> None:
    segments = library.segments(1)
    kept = [library.segment_spectrogram(s) for s in segments]
    shutil.rmtree(library.path / "spectrograms")
    for segment, shard in zip(segments, kept, strict=True):
        computed = library.segment_spectrogram(segment)
        assert computed.shape == (settings.FRAMES_PER_SEGMENT, settings.N_BANDS)
        assert computed.dtype == np.float32
        np.testing.assert_allclose(computed, shard, atol=0.05)  # float16 between -90 and 0


@pytest.mark.parametrize("with_shard", [True, False])
def test_the_spectrogram_of_a_bar_is_a_part_of_the_segments(
    library: Library, with_shard: bool
) -> None:
    segment = library.segments(1)[1]
    if not with_shard:
        shutil.rmtree(library.path / "spectrograms")
    whole = library.segment_spectrogram(segment)
    for bar in range(settings.BARS_PER_SEGMENT):
        alone = library.segment_spectrogram(segment, bar)
        np.testing.assert_allclose(
            alone, whole[settings.bar_rows(bar)], atol=0.05
        )  # a shard holds float16


def test_a_spectrogram_is_that_of_the_music(library: Library) -> None:
    segment = library.segments(1)[2]
    alone = library.segment_audio(segment, preroll_frames=8192)
    stream = spectrogram.SpectrogramStream()
    stream.feed(alone)
    expected = spectrogram.musical(stream.finish(), 8192 / settings.SAMPLE_RATE, segment.bpm, 4)
    got = library.segment_spectrogram(segment)
    inner = slice(0, 500)  # the last rows look beyond the stretch that was cut
    assert np.abs(got[inner] - expected[inner]).mean() < 0.5
    assert segment.attributes == attributes.measure(got)


def test_a_missing_or_damaged_shard_is_made_again(library: Library) -> None:
    track = library.tracks()[0]
    before = np.array(library.track_spectrogram(track.id))
    (shard,) = (library.path / "spectrograms").glob(f"{track.id}-*.npy")
    shard.write_bytes(shard.read_bytes()[:1000])
    again = library.track_spectrogram(track.id)
    np.testing.assert_array_equal(again, before)
    assert isinstance(again, np.memmap)
    shard.unlink()
    np.testing.assert_array_equal(library.track_spectrogram(track.id), before)
    assert shard.exists()


def test_audio_is_cut_to_the_sample_and_silent_outside(tmp_path: Path) -> None:
    with Library.create(tmp_path / "made") as library:
        track = add_track(library, "loud", gain_db=-6.0206)
        whole = soundfile.read(library.audio_path(track), dtype="float32")[0] * 0.5
        got = library.audio(track.id, -100 / settings.SAMPLE_RATE, 1000)
        assert got.shape == (1000, 2)
        assert not got[:100].any()
        np.testing.assert_allclose(got[100:], whole[:900], atol=1e-6)
        tail = library.audio(track.id, track.seconds - 0.01, 1000)
        assert tail[:441].any()
        assert not tail[441:].any()
        segment = library.segments(1)[1]
        assert library.segment_audio(segment, 500).shape == (segment.frames + 500, 2)
        start = round((segment.start_seconds - 500 / settings.SAMPLE_RATE) * settings.SAMPLE_RATE)
        np.testing.assert_allclose(
            library.segment_audio(segment, 500),
            whole[start : start + segment.frames + 500],
            atol=1e-6,
        )


def test_mono_comes_back_on_both_channels(tmp_path: Path) -> None:
    with Library.create(tmp_path / "made") as library:
        track = add_track(library, "mono")
        soundfile.write(library.audio_path(track), kicks(20, 128)[:, 0], settings.SAMPLE_RATE)
        got = library.audio(track.id, 1.0, 4410)
        assert got.shape == (4410, 2)
        np.testing.assert_array_equal(got[:, 0], got[:, 1])


def test_ogg_serves_as_well_as_flac(tmp_path: Path) -> None:
    with Library.create(tmp_path / "made") as library:
        track = add_track(library, "demo", suffix=".ogg", shard=False)
        segment = library.segments(1)[-1]
        assert library.segment_spectrogram(segment).shape == (512, 128)
        assert library.track_spectrogram(track.id).shape == (track.rows, 128)


def test_latents_and_maps_come_back_in_the_order_of_the_segments(library: Library) -> None:
    ids = [s.id for s in library.segments(1)]
    means = random_latents(len(ids))
    shuffled = np.random.default_rng(0).permutation(len(ids))
    library.save_latents("model", [ids[k] for k in shuffled], means[shuffled])
    found, values = library.latents("model")
    assert found == ids
    np.testing.assert_array_equal(values, means)
    library.save_map("model", ids, means[:, :2])
    assert library.map("model")[0] == ids
    np.testing.assert_array_equal(library.map("model")[1], means[:, :2])
    assert library.latents("another")[1].shape == (0, settings.LATENT_SIZE)
    assert library.map("another")[1].shape == (0, 2)
    library.save_map("later", ids[:3], means[:3, :2])
    assert [(m.model_hash, m.dots) for m in library.maps()] == [("later", 3), ("model", len(ids))]
    library.forget_model("model")
    assert library.latents("model")[0] == []
    assert [m.model_hash for m in library.maps()] == ["later"]


def test_what_is_not_refined_yet_gives_way_to_what_is(library: Library) -> None:
    ids = [segment.id for segment in library.segments()]
    means = random_latents(len(ids))
    library.save_latents("model", ids, means + 1, refined=False)
    library.save_latents("model", ids[:1], means[:1])
    assert library.latents("model")[0] == ids[:1]
    found, values = library.latents("model", with_unrefined=True)
    assert found == ids
    np.testing.assert_array_equal(values, np.concatenate([means[:1], means[1:] + 1]))
    assert library.has_unrefined_latents("model")
    library.save_latents("model", ids[1:], means[1:])
    assert not library.has_unrefined_latents("model")
    library.save_latents("model", ids, means, refined=False)
    library.forget_model("model")
    assert library.latents("model", with_unrefined=True)[0] == []


def test_dots_are_read_for_the_segments_that_are_named(library: Library) -> None:
    ids = [segment.id for segment in library.segments()]
    means = random_latents(len(ids))
    assert library.dots("model", ids) is None
    library.save_latents("model", ids, means)
    library.save_map("model", ids[1:], means[1:, :2])
    assert library.dots("model", ids) is None, "one has no position"
    found = library.dots("model", ids[:0:-1])
    assert found is not None
    np.testing.assert_array_equal(found[0], means[:0:-1, :2])
    np.testing.assert_array_equal(found[1], means[:0:-1])


def test_maps_by_part_belong_to_the_map_of_their_model(library: Library) -> None:
    ids = [segment.id for segment in library.segments()]
    places = np.random.default_rng(1).random((len(ids), 2)).astype(np.float32)
    library.save_map("model", ids, places)
    library.save_map(part_map_name("model", "kick"), ids, 1.0 - places)
    assert [m.model_hash for m in library.maps()] == ["model"]
    np.testing.assert_array_equal(library.map(part_map_name("model", "kick"))[1], 1.0 - places)
    library.forget_model("model")
    assert library.map(part_map_name("model", "kick"))[0] == []


def test_maps_of_models_that_were_written_over_do_not_pile_up(library: Library) -> None:
    ids = [s.id for s in library.segments(1)]
    means = random_latents(len(ids))
    for number in range(28):
        library.save_latents(f"model {number}", ids, means)
        library.save_map(f"model {number}", ids, means[:, :2])
    assert [m.model_hash for m in library.maps()] == [f"model {n}" for n in range(27, 3, -1)]
    assert library.latents("model 3")[0] == []
    assert library.latents("model 4")[0] == ids


def test_what_was_forgotten_takes_no_room(library: Library) -> None:
    ids = [s.id for s in library.segments(1)]
    library.save_latents("model", ids, random_latents(len(ids)))
    file = library.path / "library.sqlite"
    library.forget_model("model")
    library.compact()
    before = file.stat().st_size
    library.save_latents("model", ids, random_latents(len(ids)))
    library.forget_model("model")
    library.compact()
    assert file.stat().st_size == before


@pytest.mark.parametrize("shape", [(2, 64), (3, 63), (3,)])
def test_latents_of_another_shape_are_refused(library: Library, shape: tuple[int, ...]) -> None:
    ids = [s.id for s in library.segments(1)][:3]
    with pytest.raises(InputError, match="do not match"):
        library.save_latents("model", ids, np.zeros(shape, np.float32))


def test_latents_of_segments_that_are_gone_are_refused_as_a_whole(library: Library) -> None:
    ids = [library.segments(1)[0].id, "gone-0-0"]
    with pytest.raises(LibraryError, match="changed"):
        library.save_latents("model", ids, random_latents(2))
    assert library.latents("model")[0] == []


def test_a_corrected_grid_moves_everything_and_drops_its_latents(library: Library) -> None:
    track, other = library.tracks()
    ids = [s.id for s in library.segments(1)]
    library.save_latents("model", ids, random_latents(len(ids)))
    library.save_map("model", ids, random_latents(len(ids))[:, :2])
    before = np.array(library.track_spectrogram(track.id))
    told: list[float] = []
    changed = library.set_grid(
        track.id, track.grid.shifted(1), progress=lambda done, total, message="": told.append(done)
    )
    assert told[-1] == track.frames
    assert library.track(track.id) == changed
    assert changed.grid.origin == "user"
    assert library.segments(1, track.id)[0].start_seconds == pytest.approx(0.25 + 60 / track.bpm)
    after = library.track_spectrogram(track.id)
    beat = settings.FRAMES_PER_BAR // 4
    rows = min(len(after), len(before) - beat)
    np.testing.assert_allclose(after[:rows], before[beat:][:rows], atol=0.2)
    assert len(list((library.path / "spectrograms").glob(f"{track.id}-*.npy"))) == 1
    kept = {i for i in ids if i.startswith(other.id)}
    assert set(library.latents("model")[0]) == kept
    assert set(library.map("model")[0]) == kept
    for segment in library.segments(1, track.id):
        measured = attributes.measure(library.segment_spectrogram(segment))
        assert segment.attributes == measured


@pytest.mark.parametrize("change", [lambda g: g.doubled(), lambda g: g.halved()])
def test_a_tempo_can_be_doubled_and_halved(tmp_path: Path, change: object) -> None:
    with Library.create(tmp_path / "made") as library:
        track = add_track(library, "a", seconds=20.0, bpm=100.0)
        changed = library.set_grid(track.id, change(track.grid))  # type: ignore[operator]
        assert changed.windows(1) == len(library.segments(1)) > 0


def test_a_grid_without_a_segment_is_refused(library: Library) -> None:
    track = library.tracks()[0]
    with pytest.raises(LibraryError, match=r"needs 21\.82 s"):
        library.set_grid(track.id, track.grid.with_tempo(44.0))
    assert library.track(track.id) == track


def test_a_cancelled_correction_changes_nothing(library: Library) -> None:
    track = library.tracks()[0]
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        library.set_grid(track.id, track.grid.nudged(0.01), cancel=cancel)
    assert library.track(track.id) == track


def test_removing_a_track_takes_its_rows_and_files(library: Library) -> None:
    gone, kept = library.tracks()
    ids = [s.id for s in library.segments(1)]
    library.save_latents("model", ids, random_latents(len(ids)))
    library.remove_track(gone.id)
    assert [t.id for t in library.tracks()] == [kept.id]
    assert {s.track_id for s in library.segments(1)} == {kept.id}
    assert all(i.startswith(kept.id) for i in library.latents("model")[0])
    for name in ("audio", "spectrograms"):
        assert [p.name[:16] for p in (library.path / name).iterdir()] == [kept.id]
    with pytest.raises(LibraryError, match="no track"):
        library.remove_track(gone.id)


def test_the_tempo_is_the_median_of_tracks_with_a_beat(tmp_path: Path) -> None:
    with Library.create(tmp_path / "made") as library:
        assert library.tempo == settings.TEMPO_PRIOR
        for bpm in (124.0, 126.0, 150.0):
            add_track(library, str(bpm), bpm=bpm)
        add_track(library, "ambient", grid=BeatGrid.default(20.0, 90.0, 0.1))
        assert library.tempo == 126.0
        assert [t.aligned for t in library.tracks()] == [True, True, True, False]


def test_audio_that_is_gone_is_named(library: Library) -> None:
    track, other = library.tracks()
    library.audio_path(track).unlink()
    library.audio_path(other).write_bytes(b"no flac at all")
    with pytest.raises(LibraryError, match="is missing"):
        library.audio(track.id, 0.0, 100)
    with pytest.raises(LibraryError, match="is damaged"):
        library.audio(other.id, 0.0, 100)
    with pytest.raises(LibraryError, match="is missing"):
        library.set_grid(track.id, track.grid.nudged(0.01))
    # The shard is still good for everything but sound.
    assert library.segment_spectrogram(library.segments(1, track.id)[0]).shape == (512, 128)


@pytest.mark.parametrize(
    ("name", "prepare", "problem"),
    [
        ("missing", lambda p: None, "no such folder"),
        ("empty", lambda p: p.mkdir(), "not a TechnoVAE library"),
        ("file", lambda p: p.write_text("x"), "no such folder"),
    ],
)
def test_what_is_no_library_is_refused(
    tmp_path: Path, name: str, prepare: object, problem: str
) -> None:
    prepare(tmp_path / name)  # type: ignore[operator]
    with pytest.raises(LibraryError, match=problem):
        Library.open(tmp_path / name)


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" + bytes(2000), b"hello" * 1000])
def test_a_damaged_database_is_refused(library: Library, content: bytes) -> None:
    library.close()
    (library.path / DATABASE).write_bytes(content)
    with pytest.raises(LibraryError, match=r"damaged|not a TechnoVAE library") as caught:
        Library.open(library.path)
    assert "\n" not in str(caught.value)


def test_damage_in_the_middle_is_one_clear_line(tmp_path: Path) -> None:
    library = make_library(tmp_path / "made", tracks=3)
    library.close()
    path = library.path / DATABASE
    content = bytearray(path.read_bytes())
    content[4096 * 2 :] = b"\xa5" * (len(content) - 4096 * 2)
    path.write_bytes(content)
    with pytest.raises(LibraryError, match="damaged"):
        _read_everything(library.path)


@pytest.mark.parametrize(
    ("pragma", "problem"),
    [
        ("user_version = 99", "newer TechnoVAE"),
        ("user_version = 0", "older than any"),
        ("application_id = 7", "not a TechnoVAE library"),
    ],
)
def test_other_versions_are_refused(library: Library, pragma: str, problem: str) -> None:
    library.close()
    with sqlite3.connect(library.path / DATABASE) as connection:
        connection.execute(f"PRAGMA {pragma}")
    connection.close()
    with pytest.raises(LibraryError, match=problem):
        Library.open(library.path)


@pytest.mark.parametrize("name", ["notes.txt", "music.wav"])
def test_a_folder_with_other_things_does_not_become_a_library(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(LibraryError, match=name):
        Library.create(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_creating_twice_is_refused(library: Library) -> None:
    with pytest.raises(LibraryError, match="already"):
        Library.create(library.path)


def test_each_library_has_its_own_id_and_keeps_it(tmp_path: Path) -> None:
    with Library.create(tmp_path / "a") as a, Library.create(tmp_path / "b") as b:
        assert a.id != b.id
        first = a.id
    with Library.open(tmp_path / "a") as again:
        assert again.id == first


def test_odd_folder_names(tmp_path: Path) -> None:
    folder = tmp_path / "Mjusik & Ünïcode %20 #1 ?"
    with make_library(folder, tracks=1) as library:
        assert len(library.tracks()) == 1
    with Library.open(folder, read_only=True) as library:
        assert library.segment_spectrogram(library.segments()[0]).shape == (512, 128)


def test_opening_and_reading_changes_nothing_on_disk(library: Library) -> None:
    library.close()
    before = {p: p.stat().st_mtime_ns for p in library.path.rglob("*")}
    with Library.open(library.path) as opened:
        opened.tracks()
        opened.segments(1)
    assert {p: p.stat().st_mtime_ns for p in library.path.rglob("*")} == before


def test_a_library_at_rest_is_one_plain_file(library: Library) -> None:
    library.remove_track(library.tracks()[0].id)
    assert (library.path / f"{DATABASE}-wal").exists()
    library.close()
    assert sorted(p.name for p in library.path.iterdir()) == ["audio", DATABASE, "spectrograms"]


def test_another_process_reads_while_one_writes(library: Library) -> None:
    with Library.open(library.path, read_only=True) as reader:
        before = len(reader.tracks())
        library.remove_track(library.tracks()[0].id)
        assert len(reader.tracks()) == before - 1
        with library.database.transaction():
            library.database.execute("DELETE FROM tracks")
            assert len(reader.tracks()) == 1
        assert reader.tracks() == []


def test_a_grid_is_refused_before_the_work_where_it_could_not_be_kept(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = library.tracks()[0]
    with Library.open(library.path, read_only=True) as reader:
        monkeypatch.setattr(Library, "blocks", lambda *_: pytest.fail("the work has begun"))
        with pytest.raises(LibraryError, match="read-only"):
            reader.set_grid(track.id, track.grid.nudged(0.01))
        with pytest.raises(LibraryError, match="read-only"):
            reader.refit(track.id)


def test_read_only_by_wish_refuses_changes_but_keeps_latents_beside(library: Library) -> None:
    library.close()
    with Library.open(library.path, read_only=True) as reader:
        assert not reader.writable
        track = reader.tracks()[0]
        with pytest.raises(LibraryError, match="read-only"):
            reader.remove_track(track.id)
        with pytest.raises(LibraryError, match="read-only"):
            reader.set_grid(track.id, track.grid.nudged(0.01))
        ids = [s.id for s in reader.segments()]
        reader.save_latents("model", ids, random_latents(len(ids)))
        assert latents.overlay_path(reader.id).exists()
    with Library.open(library.path, read_only=True) as again:
        assert again.latents("model")[0] == ids
    with Library.open(library.path) as writable:
        assert writable.latents("model")[0] == []


def test_shipped_latents_show_through_the_ones_kept_beside(library: Library) -> None:
    ids = [s.id for s in library.segments()]
    shipped, own = random_latents(len(ids)), random_latents(len(ids)) + 1
    library.save_latents("shipped", ids, shipped)
    library.save_map("shipped", ids, shipped[:, :2])
    library.close()
    with Library.open(library.path, read_only=True) as reader:
        reader.save_latents("own", ids, own)
        reader.save_map("shipped", ids, own[:, :2])
        np.testing.assert_array_equal(reader.latents("shipped")[1], shipped)
        np.testing.assert_array_equal(reader.latents("own")[1], own)
        np.testing.assert_array_equal(reader.map("shipped")[1], own[:, :2])


_WITHOUT_RIGHTS = """
import os, sys
import numpy as np
# Imported before the rights go: the interpreter may lie in root's own folder.
import mmap, scipy.fft, soundfile
from core.library.store import Library
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
with Library.open(sys.argv[1]) as library:
    assert not library.writable
    assert len(library.tracks()) == 2
    segment = library.segments()[0]
    assert library.segment_spectrogram(segment).shape == (512, 128)
    assert library.track_spectrogram(segment.track_id).shape[1] == 128
    library.save_latents("m", [segment.id], np.ones((1, 64), np.float32))
    assert library.latents("m")[0] == [segment.id]
    library.segment_audio(segment)
"""


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights of folders as POSIX has them")
@pytest.mark.parametrize("left_behind", ["", "-wal", "-wal -shm"])
def test_a_folder_without_write_permission(
    library: Library, tmp_path: Path, left_behind: str
) -> None:
    with tempfile.TemporaryDirectory() as place:  # pytest's own folders are private to the user
        folder, user = Path(place) / "library", Path(place) / "user"
        shutil.rmtree(library.path / "spectrograms")
        library.set_grid(library.tracks()[0].id, library.tracks()[0].grid.nudged(0.01))
        if not left_behind:
            library.close()  # else the change is in the write-ahead log alone
        shutil.copytree(library.path, folder)
        for path in folder.glob(f"{DATABASE}-*"):
            if path.name.removeprefix(DATABASE) not in left_behind.split():
                path.unlink()
        shutil.rmtree(folder / "spectrograms")
        for path in (*folder.rglob("*"), folder):
            path.chmod(0o555 if path.is_dir() else 0o444)
        user.mkdir()
        user.chmod(0o777)
        Path(place).chmod(0o755)
        environment = {
            **os.environ,
            "XDG_DATA_HOME": str(user / "data"),
            "XDG_CACHE_HOME": str(user / "cache"),
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [sys.executable, "-c", _WITHOUT_RIGHTS, str(folder)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert list(user.rglob("*.npy"))
        assert list(user.rglob("*.sqlite"))
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755)


def test_a_full_user_folder_is_a_clear_line(
    library: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    library.close()
    (tmp_path / "blocked").write_text("a file where a folder should be")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "blocked"))
    with Library.open(library.path, read_only=True) as reader:
        ids = [s.id for s in reader.segments()]
        with pytest.raises(Exception, match="cannot be made"):
            reader.save_latents("m", ids, random_latents(len(ids)))


def test_threads_may_share_a_library(library: Library) -> None:
    segments = library.segments(1)
    problems: list[BaseException] = []

    def read() -> None:
        try:
            for segment in segments:
                assert library.segment(segment.id) == segment
                library.segment_spectrogram(segment)
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_a_locked_database_is_a_clear_line(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_BUSY_SECONDS", 0.05)
    with Library.open(library.path) as other:
        with library.database.transaction(), pytest.raises(LibraryError, match="locked"):
            other.remove_track(other.tracks()[0].id)
        other.remove_track(other.tracks()[0].id)


def test_a_failed_transaction_leaves_nothing(library: Library) -> None:
    before = library.tracks()
    with pytest.raises(LibraryError):
        _delete_and_fail(library)
    assert library.tracks() == before


def test_a_new_library_on_a_full_disk_is_a_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It "failed inside" with SQLite's words."""
    tables = "PRAGMA max_page_count = 2;" + schema._LIBRARY_TABLES
    monkeypatch.setattr(schema, "_LIBRARY_TABLES", tables)
    with pytest.raises(OutputError, match=r"library.sqlite: the disk is full; free some space"):
        Library.create(tmp_path / "library")
    assert not list((tmp_path / "library").rglob("*.sqlite"))


def test_the_schema_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "_LIBRARY_TABLES", "CREATE TABLE facts (a; ")
    with pytest.raises(sqlite3.Error):
        schema.create(tmp_path / "x.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_tracks_are_removed_all_together_or_not_at_all(library: Library) -> None:
    ids = [track.id for track in library.tracks()]
    with pytest.raises(LibraryError, match="no track"):
        library.remove_tracks([ids[0], "f" * 16])
    assert len(library.tracks()) == 2
    library.remove_tracks(ids)
    assert library.tracks() == []
    assert list((library.path / "audio").iterdir()) == []
    assert list((library.path / "spectrograms").iterdir()) == []
