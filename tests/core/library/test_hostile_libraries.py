"""Libraries as somebody might make them who wants to harm, or as a failing disk leaves them."""

from __future__ import annotations

import os
import shutil
import sqlite3
import struct
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import LibraryError, ModelError, TechnoVAEError
from core.library import schema
from core.library.database import Database
from core.library.describe import describe
from core.library.lock import WriterLock
from core.library.models import model_for, model_target, remember_model
from core.library.store import AUDIO, DATABASE, SPECTROGRAMS, Library
from tests.fuzzing import examples
from tests.systems import needs_pipes

DEEP = "[" * 100_000
TEXT_COLUMNS = ("id", "content_hash", "audio_file", "grid", "warnings", "title")


def sql(library: Path, *statements: str, values: tuple[Any, ...] = ()) -> None:
    """What an attacker does with the database of a library at rest."""
    with closing(sqlite3.connect(library / DATABASE)) as connection, connection:
        for statement in statements:
            connection.execute(statement, values)


def script(library: Path, statements: str) -> None:
    """The same for several statements in one text."""
    with closing(sqlite3.connect(library / DATABASE)) as connection, connection:
        connection.executescript(statements)


def use(path: Path) -> None:
    """All that a window does with a library which it opens, and the removal of a track."""
    with Library.open(path) as library:
        describe(library)
        library.keys()
        library.latents("model")
        library.map("model")
        library.segments(4)
        for segment in library.segments(1)[:1]:
            library.segment_audio(segment)
            library.segment_spectrogram(segment)
        for track in library.tracks():
            library.correction(track.content_hash)
            library.track_spectrogram(track.id)
        library.remove_track(library.tracks()[0].id)


def fault(path: Path) -> str:
    """Why a library cannot be opened; empty if it can."""
    try:
        Library.open(path).close()
    except LibraryError as error:
        return str(error)
    return ""


def files(folder: Path) -> set[Path]:
    """All that is in a folder."""
    return set(folder.rglob("*"))


@pytest.fixture
def path(library_to_copy: Path, tmp_path: Path) -> Path:
    """A folder with a library at rest, beside a file that is none of its business."""
    (tmp_path / "victim.txt").write_text("precious")
    folder = tmp_path / "handed over"
    shutil.copytree(library_to_copy, folder)
    return folder


@pytest.fixture
def victim(path: Path) -> Iterator[Path]:
    """The file; it must be as it was, whatever the library did."""
    file = path.parent / "victim.txt"
    yield file
    assert file.read_text() == "precious"


@pytest.mark.parametrize(
    "name",
    [
        "../../victim.txt",
        "../library.sqlite",
        "/etc/hostname",
        "",
        ".",
        "..",
        "C:\\victim.txt",
        "nul",
        "a\0b",
        "\x1b[2J.flac",
        "x" * 5000 + ".flac",
        "other.flac",
    ],
)
def test_audio_of_any_other_name_is_refused(path: Path, victim: Path, name: str) -> None:
    sql(path, "UPDATE tracks SET audio_file = ?", values=(name,))
    with Library.open(path) as library, pytest.raises(LibraryError, match="no name of a track"):
        library.tracks()
    with pytest.raises(LibraryError):
        use(path)


@pytest.mark.parametrize("name", ["../../victim", "*", "con", "", "a\0b", "é", "x" * 65, "a/b"])
def test_an_id_of_a_library_is_a_plain_name(path: Path, name: str) -> None:
    sql(path, "UPDATE facts SET value = ? WHERE name = 'id'", values=(name,))
    with pytest.raises(LibraryError, match="its id is"):
        Library.open(path)


@pytest.mark.parametrize("name", ["../../../victim.tx", "*", "0123456789ABCDEF", "", "x" * 5000])
def test_an_id_of_a_track_is_a_hash(path: Path, name: str) -> None:
    sql(path, "UPDATE tracks SET id = ? WHERE rowid = 1", values=(name,))
    with Library.open(path) as library, pytest.raises(LibraryError, match="not the id of a track"):
        library.tracks()


def test_audio_that_is_a_link_out_of_the_library_is_refused(path: Path, victim: Path) -> None:
    with Library.open(path) as library:
        track = library.tracks()[0]
        library.audio_path(track).unlink()
        library.audio_path(track).symlink_to(victim)
        with pytest.raises(LibraryError, match="link out of the library"):
            library.audio(track.id, 0.0, 10)
        with pytest.raises(LibraryError, match="link out of the library"):
            library.remove_track(track.id)


@pytest.mark.parametrize(
    "name",
    [AUDIO, SPECTROGRAMS, "one_shots", "model.txt", ".library.lock", f"{DATABASE}-journal"],
)
def test_no_part_of_a_library_is_a_link_out_of_it(path: Path, victim: Path, name: str) -> None:
    if (path / name).is_dir():
        shutil.rmtree(path / name)
    (path / name).symlink_to(victim)
    with pytest.raises(LibraryError, match="link out of the library"):
        Library.open(path)


@pytest.mark.parametrize("name", ["saved_models", "saved_models/vae_best.keras"])
def test_training_does_not_replace_what_a_link_leads_to(
    path: Path, victim: Path, name: str
) -> None:
    (path / name).parent.mkdir(exist_ok=True)
    (path / name).symlink_to(victim)
    with pytest.raises(LibraryError, match="link out of the library"):
        model_target(path)


def test_a_note_of_gigabytes_is_not_read(path: Path) -> None:
    with (path / "model.txt").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(ModelError, match="no model was trained"):
        model_for(path)


def test_a_library_may_itself_be_a_link_and_hold_links_to_itself(path: Path) -> None:
    (path / AUDIO).rename(path / "music")
    (path / AUDIO).symlink_to("music")
    (path.parent / "link").symlink_to(path)
    use(path.parent / "link")


@needs_pipes
@pytest.mark.parametrize("name", ["library.sqlite-journal", "library.sqlite-wal", ".library.lock"])
def test_a_pipe_in_the_place_of_a_part_is_not_waited_for(path: Path, name: str) -> None:
    (path / name).unlink(missing_ok=True)
    os.mkfifo(path / name)
    with pytest.raises(LibraryError, match="a pipe or a device"):
        Library.open(path)


@needs_pipes
def test_pipes_in_the_place_of_audio_shards_and_notes_are_not_waited_for(path: Path) -> None:
    for place in (*(path / AUDIO).iterdir(), *(path / SPECTROGRAMS).iterdir()):
        place.unlink()
        os.mkfifo(place)
    os.mkfifo(path / "model.txt")
    with pytest.raises(ModelError, match="no model"):
        model_for(path)
    (path / "model.txt").unlink()
    with Library.open(path) as library:
        track = library.tracks()[0]
        for read in (
            lambda: library.track_spectrogram(track.id),
            lambda: library.segment_spectrogram(library.segments(track_id=track.id)[0]),
            lambda: library.audio(track.id, 0.0, 100),
            lambda: list(library.blocks(track)),
        ):
            with pytest.raises(LibraryError, match="no file"):
                read()
        library.remove_track(track.id)
        assert not library.audio_path(track).exists()


@pytest.mark.parametrize("level", [np.nan, np.inf, -np.inf, 5000.0])
def test_a_shard_that_holds_no_levels_is_made_again(path: Path, level: float) -> None:
    (shard, *_) = sorted((path / SPECTROGRAMS).iterdir())
    rows = np.load(shard)
    expected = rows.copy()
    rows[200, 7] = level
    np.save(shard, rows)
    with Library.open(path) as library:
        track = library.track(shard.name.split("-")[0])
        (first, *_) = library.segments(1, track.id)
        np.testing.assert_allclose(
            library.segment_spectrogram(first), expected[:512].astype(np.float32), atol=0.1
        )
        np.testing.assert_array_equal(library.track_spectrogram(track.id), expected)
    np.testing.assert_array_equal(np.load(shard), expected)


def test_titles_of_megabytes_are_cut(path: Path) -> None:
    sql(path, "UPDATE tracks SET title = ?, artist = ?", values=("x" * 5_000_000, "y" * 1_000))
    with Library.open(path) as library:
        assert {(len(it.title), len(it.artist)) for it in library.tracks()} == {(500, 500)}
        assert max(len(cell) for row in describe(library).rows for cell in row) < 1_100


def test_a_shard_that_is_a_link_is_replaced_not_followed(path: Path, victim: Path) -> None:
    for shard in (path / SPECTROGRAMS).iterdir():
        shard.unlink()
        shard.symlink_to(victim)
    with Library.open(path) as library:
        for track in library.tracks():
            library.track_spectrogram(track.id)
    assert not any(shard.is_symlink() for shard in (path / SPECTROGRAMS).iterdir())


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER DELETE ON tracks BEGIN DELETE FROM corrections; END",
        "CREATE VIEW v AS SELECT * FROM tracks",
        # Written into the schema itself: not every SQLite has the module.
        "PRAGMA writable_schema = ON; INSERT INTO sqlite_master VALUES"
        " ('table', 'v', 'v', 0, 'CREATE VIRTUAL TABLE v USING fts5(x)')",
        "CREATE TABLE g (a, b AS (abs(a)))",
        "CREATE TABLE g (a DEFAULT (randomblob(1000000000)))",
        "CREATE TABLE g (a CHECK (abs(a) > 0))",
        "CREATE INDEX g ON tracks (upper(title))",
        "CREATE INDEX g ON tracks (title) WHERE frames > 0",
    ],
)
def test_a_database_that_acts_is_not_opened(path: Path, statement: str) -> None:
    script(path, statement)
    with pytest.raises(LibraryError, match="more than plain tables"):
        Library.open(path)


def test_plain_tables_of_later_versions_are_fine(path: Path) -> None:
    sql(path, "CREATE TABLE moods (segment_id TEXT PRIMARY KEY REFERENCES segments, mood REAL)")
    sql(path, "ANALYZE")
    use(path)


def test_a_table_in_the_place_of_another_is_refused(path: Path) -> None:
    sql(path, "DROP TABLE map", "CREATE VIEW map AS SELECT * FROM latents")
    with pytest.raises(LibraryError, match="more than plain tables"):
        Library.open(path)


def test_nothing_is_written_before_the_user_changes_something(path: Path) -> None:
    database = Database(path / DATABASE, writable=True)
    with pytest.raises(LibraryError):
        database.execute("DELETE FROM tracks")
    with database.transaction():
        assert database.execute("DELETE FROM tracks") == 2
    database.close()


def test_functions_that_a_schema_names_are_not_run(path: Path) -> None:
    database = Database(path / DATABASE, writable=False)
    row = database.row("PRAGMA trusted_schema")
    assert row is not None
    assert row[0] == 0
    database.close()


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("tracks", "frames", "many"),
        ("tracks", "frames", -1),
        ("tracks", "frames", 10**15),
        ("tracks", "frames", 1.5),
        ("tracks", "channels", 1_000_000),
        ("tracks", "stored_gain_db", 1e300),
        ("tracks", "stored_gain_db", float("inf")),
        ("tracks", "stored_gain_db", b"\0" * 8),
        ("tracks", "title", b"\xff\xfe"),
        ("tracks", "source_path", b"\0"),
        ("tracks", "grid", DEEP),
        ("tracks", "grid", "{}"),
        ("tracks", "grid", f'{{"version": 1, "confidence": {"9" * 400}, "sections": []}}'),
        ("tracks", "grid", b"\xff"),
        ("tracks", "warnings", DEEP),
        ("tracks", "warnings", "[[[[]]]]"),
        ("tracks", "warnings", '"text"'),
        ("tracks", "added_at", "now"),
        ("sections", "bpm", 0),
        ("sections", "bpm", 1e300),
        ("sections", "bpm", "fast"),
        ("sections", "bars", 10**9),
        ("sections", "bars", -5),
        ("sections", "downbeat", float("inf")),
        ("sections", "first_row", 10**9),
        ("sections", "section", 7),
        ("sections", "phrase_bar", "x"),
        ("segments", "bar", -4),
        ("segments", "start_seconds", 1e300),
        ("segments", "bpm", 0),
        ("segments", "energy", "loud"),
        ("segments", "energy", float("inf")),
        ("facts", "value", b"\0\1"),
    ],
)
def test_what_no_import_writes_ends_in_one_line(
    path: Path, table: str, column: str, value: Any
) -> None:
    sql(path, f"UPDATE {table} SET {column} = ?", values=(value,))
    with pytest.raises(LibraryError) as raised:
        use(path)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 600


def test_segments_beyond_their_section_are_refused(path: Path) -> None:
    sql(path, "UPDATE segments SET bar = 900, id = track_id || '-0-900' WHERE bar = 1")
    with Library.open(path) as library, pytest.raises(LibraryError, match="segment"):
        library.segments(1)


def test_a_value_of_more_than_sixteen_megabytes_is_not_read(path: Path) -> None:
    sql(path, "UPDATE tracks SET title = CAST(zeroblob(17000000) AS TEXT)")
    with Library.open(path) as library, pytest.raises(LibraryError, match="too large"):
        library.tracks()


@pytest.mark.parametrize("size", [0, 3, 255, 257, 256_000])
def test_latents_of_another_size_are_refused(path: Path, size: int) -> None:
    sql(path, "INSERT INTO latents SELECT 'model', id, zeroblob(?) FROM segments", values=(size,))
    with Library.open(path) as library, pytest.raises(LibraryError, match="a latent"):
        library.latents("model")


def test_latents_that_are_no_numbers_are_refused(path: Path) -> None:
    blob = np.full(64, np.nan, "<f4").tobytes()
    sql(path, "INSERT INTO latents SELECT 'model', id, ? FROM segments", values=(blob,))
    with Library.open(path) as library, pytest.raises(LibraryError, match="no number"):
        library.latents("model")


@pytest.mark.parametrize("value", [np.inf, 1e30, -1e30])
def test_latents_that_no_decoder_takes_are_refused(path: Path, value: float) -> None:
    blob = np.full(64, value, "<f4").tobytes()
    sql(path, "INSERT INTO latents SELECT 'model', id, ? FROM segments", values=(blob,))
    with Library.open(path) as library, pytest.raises(LibraryError, match="no number"):
        library.latents("model")


@pytest.mark.parametrize("blob", [b"\0" * 23, b"\xff" * 24, "text", 5])
def test_chroma_that_is_none_is_refused(path: Path, blob: Any) -> None:
    sql(path, schema.chroma_table(of_library=True))
    sql(path, "INSERT INTO chroma SELECT id, 1, ? FROM tracks", values=(blob,))
    with Library.open(path) as library, pytest.raises(LibraryError, match="damaged"):
        library.keys()


def test_a_map_of_no_numbers_is_refused(path: Path) -> None:
    sql(path, "INSERT INTO map SELECT 'model', id, 'left', 9e999, 0 FROM segments")
    with Library.open(path) as library, pytest.raises(LibraryError):
        library.map("model")


def test_a_track_said_to_be_longer_than_its_audio_costs_nothing(path: Path) -> None:
    """Its spectrogram would be of gigabytes, nearly all of silence."""
    shutil.rmtree(path / SPECTROGRAMS)
    frames = 80_000 * 44_100
    sql(path, f"UPDATE tracks SET frames = {frames}", "UPDATE sections SET bars = 40000")
    with Library.open(path) as library, pytest.raises(LibraryError, match="damaged"):
        library.track_spectrogram(library.tracks()[0].id)


column = st.sampled_from(
    [
        *(("tracks", name) for name in (*TEXT_COLUMNS, "frames", "channels", "source_lufs")),
        *(("sections", name) for name in ("section", "bpm", "downbeat", "bars", "first_row")),
        *(("segments", name) for name in ("id", "section", "bar", "start_seconds", "bpm", "kick")),
        ("facts", "value"),
        ("facts", "name"),
    ]
)
value = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.text(st.characters(codec="utf-8"), max_size=40),
    st.binary(max_size=40),
)


@settings(max_examples=examples(40), deadline=None)
@given(column, value)
def test_any_value_in_any_column_works_or_ends_in_one_line(
    library_to_copy: Path, at: tuple[str, str], anything: Any
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "library")
        shutil.copytree(library_to_copy, path)
        try:
            sql(path, f"UPDATE OR IGNORE {at[0]} SET {at[1]} = ?", values=(anything,))
        except sqlite3.Error:
            return
        _use_or_one_line(path)


@settings(max_examples=examples(60), deadline=None)
@given(st.data())
def test_any_bytes_over_a_database_work_or_end_in_one_line(
    library_to_copy: Path, data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "library")
        shutil.copytree(library_to_copy, path)
        octets = bytearray((path / DATABASE).read_bytes())
        used = st.integers(0, len(octets) - 1)
        for at in data.draw(st.lists(used, min_size=1, max_size=20)):
            octets[at] = data.draw(st.integers(0, 255))
        if data.draw(st.booleans()):
            del octets[data.draw(used) :]
        (path / DATABASE).write_bytes(octets)
        _use_or_one_line(path)


def _use_or_one_line(path: Path) -> None:
    said = ""
    try:
        use(path)
    except TechnoVAEError as error:
        said = str(error)
    assert "\n" not in said


def test_removing_a_track_takes_its_files_and_no_others(path: Path, victim: Path) -> None:
    with Library.open(path) as library:
        track = library.tracks()[0]
    before = files(path.parent)
    use(path)
    gone = before - files(path.parent)
    assert path / AUDIO / track.audio_file in gone
    assert all(file.name.startswith(track.id) for file in gone)


def linked(path: Path, victim: Path) -> None:
    """Make `path` another name of the file `victim`."""
    path.unlink(missing_ok=True)
    os.link(victim, path)


def test_no_part_of_a_library_that_is_a_hard_link_changes_its_other_name(
    path: Path, victim: Path
) -> None:
    """Nothing but the database is written in place; names go, and new files take them."""
    with Library.open(path) as library:
        tracks = library.tracks()
        for track in tracks:
            linked(library.audio_path(track), victim)
    for shard in (path / SPECTROGRAMS).iterdir():
        linked(shard, victim)
    linked(path / "model.txt", victim)
    with Library.open(path) as library:
        with pytest.raises(LibraryError):
            library.track_spectrogram(tracks[0].id)
        library.remove_track(tracks[0].id)
        assert not library.audio_path(tracks[0]).exists()
    remember_model(path, path / "vae.keras")
    assert "vae.keras" in (path / "model.txt").read_text()


def test_a_lock_that_is_a_hard_link_is_not_emptied(path: Path, victim: Path) -> None:
    linked(path / ".library.lock", victim)
    with (
        WriterLock(path),
        pytest.raises(LibraryError, match="another import"),
        WriterLock(path),
    ):
        pytest.fail("two at a time")
    assert (path / ".library.lock").read_text() == ""


@pytest.mark.parametrize("name", [f"{DATABASE}-wal", f"{DATABASE}-shm"])
def test_hard_links_beside_a_database_are_not_written_into(
    path: Path, victim: Path, name: str
) -> None:
    sql(path, "PRAGMA journal_mode = WAL")
    linked(path / name, victim)
    with pytest.raises(LibraryError, match="hard link"):
        Library.open(path)


@pytest.mark.parametrize("name", [f"{DATABASE}-wal", f"{DATABASE}-shm", f"{DATABASE}-journal"])
def test_a_folder_beside_a_database_is_no_hard_link(path: Path, name: str) -> None:
    (path / name).mkdir()
    assert "hard link" not in fault(path)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_journal_that_names_a_file_does_not_delete_it(
    path: Path, victim: Path, read_only: bool
) -> None:
    """SQLite takes that file for a super-journal of several databases, and deletes it when done."""
    magic, page = bytes.fromhex("d9d505f920a163d7"), 4096
    head = magic + struct.pack(">IIIII", 0, 0, (path / DATABASE).stat().st_size // page, 512, page)
    name = os.fsencode(victim)
    named = struct.pack(">I", (1 << 30) // page + 1) + name
    named += struct.pack(">II", len(name), sum(name)) + magic
    (path / f"{DATABASE}-journal").write_bytes(head.ljust(512, b"\0") + named)
    with pytest.raises(LibraryError, match="names a file elsewhere"):
        Library.open(path, read_only=read_only)


def test_a_database_with_another_name_is_read_only(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup of hard links must not change with what it is the backup of."""
    monkeypatch.setattr("core.user_folders.data_folder", lambda: tmp_path / "data")
    (tmp_path / "backup").mkdir()
    os.link(path / DATABASE, tmp_path / "backup" / DATABASE)
    before = (path / DATABASE).read_bytes()
    with Library.open(path) as library:
        assert not library.writable
        ids = [segment.id for segment in library.segments(1)]
        library.save_latents("model", ids, np.ones((len(ids), 64), np.float32))
        assert library.latents("model")[0] == ids
        with pytest.raises(LibraryError, match="hard link"):
            library.remove_track(library.tracks()[0].id)
    assert (tmp_path / "backup" / DATABASE).read_bytes() == before
    (tmp_path / "backup" / DATABASE).unlink()
    with Library.open(path) as library:
        assert library.writable
