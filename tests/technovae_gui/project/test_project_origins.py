"""What clips are made from, whatever is open: sessions come and go, the project stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import resources
from core.arrangement.clip import RealSource
from core.arrangement.project import Origin, Project, track_of
from technovae_gui.document import Document
from technovae_gui.project.project_origins import ProjectOrigins
from tests.technovae_gui.project.fakes import latent, place, real, session

A = Path("/music/a")
B = Path("/music/b")
C = Path("/music/c")
DEMO = resources.demo_library()


@pytest.fixture
def origins(document: Document) -> ProjectOrigins:
    return ProjectOrigins(document)


def test_an_empty_untitled_project_is_made_from_what_is_open(origins: ProjectOrigins) -> None:
    origins.put_session(session(A, "t1"))
    assert origins.main.library == A
    origins.put_session(session(B, "t2"))
    assert origins.main.library == B


def test_a_session_that_comes_later_does_not_change_a_project(
    origins: ProjectOrigins, document: Document
) -> None:
    """Fault: the demo, opened at the start as well, was written into a project of another
    library, which then was saved without its own."""
    loaded = Project(document.arrangement, library=A, library_id="a")
    origins.load(loaded, untitled=False)
    demo = session(DEMO, "t9", model="d", name="demo")
    origins.put_session(demo)
    assert origins.main == loaded.origin
    assert not origins.is_open(origins.main)
    origins.put_session(session(A, "t1", model="m"))
    assert origins.is_open(origins.main)
    assert (origins.main.library, origins.main.model_hash) == (A, "m")


def test_a_library_that_was_open_still_makes_its_clips(
    origins: ProjectOrigins, document: Document
) -> None:
    origins.put_session(session(A, "t1", "t2", model="ma"))
    place(document, real("t1"), latent("ma"))
    origins.put_session(session(B, "t3", model="mb"), chosen=True)
    place(document, real("t3"), latent("mb"))
    assert origins.main.library == B
    for source in (real("t1"), latent("ma")):
        found = origins.of(source)
        assert found is not None
        assert found.library == A
    for source in (real("t3"), latent("mb"), latent("")):
        assert origins.of(source) is None
    (used,) = origins.used()
    assert (used.library, used.library_id, used.model_hash) == (A, "a", "ma")
    assert used.tracks == {"t1"}  # the other one has no clip


def test_back_in_the_first_library_the_second_one_is_the_other(
    origins: ProjectOrigins, document: Document
) -> None:
    first = session(A, "t1")
    origins.put_session(first)
    place(document, real("t1"))
    origins.put_session(session(B, "t3"), chosen=True)
    place(document, real("t3"))
    origins.put_session(first, chosen=True)
    assert origins.of(real("t1")) is None
    (used,) = origins.used()
    assert used.library == B


def test_latents_of_earlier_models_stay_with_their_library(
    origins: ProjectOrigins, document: Document
) -> None:
    origins.put_session(session(A, "t1", model="now"))
    place(document, latent("before"))
    assert origins.of(latent("before")) is None  # the library may remember it
    origins.put_session(session(B, "t3", model="mb"), chosen=True)
    found = origins.of(latent("before"))
    assert found is not None
    assert found.library == A
    (used,) = origins.used()
    assert used.models == {"before"}


def test_a_better_model_of_the_library_is_the_projects(
    origins: ProjectOrigins, document: Document
) -> None:
    origins.put_session(session(A, "t1", model="one"))
    place(document, latent("one"))
    origins.put_session(session(A, "t1", model="two"))
    assert origins.main.model_hash == "two"
    origins.put_session(session(B, "t3"), chosen=True)
    found = origins.of(latent("one"))
    assert found is not None
    assert found.model_hash == "two"


def test_a_model_that_is_only_missing_stays_the_projects(
    origins: ProjectOrigins, document: Document
) -> None:
    model = Path("/lost/m.keras")
    loaded = Project(document.arrangement, A, model, "lost", "a")
    origins.load(loaded, untitled=False)
    origins.put_session(session(A, "t1", model="own"), keep_model=True)
    assert (origins.main.model, origins.main.model_hash) == (model, "lost")
    origins.put_session(session(A, "t1", model="own"), chosen=True)
    assert origins.main.model_hash == "own"


def test_clips_of_a_library_that_was_never_open_are_of_the_projects(
    origins: ProjectOrigins, document: Document
) -> None:
    place(document, real("t1"), real("t3"))
    other = Origin(B, None, "b", "", frozenset({"t3"}))
    loaded = Project(document.arrangement, A, None, "", "a", origins=(other,))
    origins.load(loaded, untitled=False)
    origins.put_session(session(C, "t9"))
    found = [origins.of(real(track)) for track in ("t1", "t3", "t9")]
    assert [it and it.library for it in found] == [A, B, None]
    assert origins.used() == (other,)


def test_a_clip_of_what_happens_to_be_open_is_saved_with_its_library(
    origins: ProjectOrigins, document: Document
) -> None:
    """The project's library is gone; meanwhile the user plays on the demo."""
    origins.load(Project(document.arrangement, A, library_id="a"), untitled=False)
    origins.put_session(session(DEMO, "t9", name="demo"))
    place(document, real("t9"))
    (used,) = origins.used()
    assert used.library is None
    assert used.library_id == "demo"
    assert used.library_name == "built-in demo"
    assert origins.main.library == A


def test_a_library_that_was_moved_is_the_same(origins: ProjectOrigins, document: Document) -> None:
    origins.load(Project(document.arrangement, A, library_id="a"), untitled=False)
    moved = session(Path("/elsewhere/a"), "t1")
    origins.put_session(moved)
    assert origins.main.library == Path("/elsewhere/a")


def test_which_libraries_a_project_uses(origins: ProjectOrigins, document: Document) -> None:
    origins.put_session(session(A, "t1"))
    place(document, real("t1"))
    origins.put_session(session(B, "t3"), chosen=True)
    assert origins.uses(A)
    assert origins.uses(B)
    assert not origins.uses(Path("/music/c"))


def test_a_new_project_is_made_from_what_is_open(
    origins: ProjectOrigins, document: Document
) -> None:
    origins.put_session(session(A, "t1"))
    place(document, real("t1"))
    origins.put_session(session(B, "t3"))
    document.reset(document.arrangement.changed(lanes=()))
    origins.start_project()
    assert origins.main.library == B
    assert origins.used() == ()


LIBRARIES = (A, B, C)
steps = st.lists(
    st.tuples(st.sampled_from(["open", "choose", "real", "latent", "save"]), st.integers(0, 2)),
    max_size=14,
)


@settings(deadline=None, max_examples=150)
@given(steps)
def test_whatever_is_opened_each_clip_is_made_from_its_own_library(
    qapp: object, steps: list[tuple[str, int]]
) -> None:
    """Each library has one track and one model; clips are placed from the one that is open."""
    document = Document()
    origins = ProjectOrigins(document)
    libraries = [session(path, f"t{path.name}", model=f"m{path.name}") for path in LIBRARIES]
    now = libraries[0]
    origins.put_session(now)
    for step, number in steps:
        main, empty = origins.main, not list(document.arrangement.clips())
        if step in ("open", "choose"):
            now = libraries[number]
            origins.put_session(now, chosen=step == "choose")
            follows = step == "choose" or origins.main.library == main.library or empty
            assert follows
        elif step == "save":
            project = Project(document.arrangement, origins=origins.used())
            origins.load(project.with_origin(origins.main), untitled=False)
        else:
            name = now.library_path.name
            place(document, real(f"t{name}") if step == "real" else latent(f"m{name}"))
        for clip in document.arrangement.clips():
            source = clip.source
            name = track_of(source) if isinstance(source, RealSource) else source.model_hash
            origin = origins.of(source)
            made_from = now.library_path if origin is None else origin.library
            assert made_from == Path("/music") / name[1:]


def test_a_library_that_was_never_open_keeps_its_clips(
    origins: ProjectOrigins, document: Document
) -> None:
    """Another one is chosen before the project's own has been found."""
    place(document, real("t1"), latent("m"))
    origins.load(Project(document.arrangement, A, None, "m", "a"), untitled=False)
    origins.put_session(session(B, "t3"), chosen=True)
    assert origins.main.library == B
    for source in (real("t1"), latent("m")):
        found = origins.of(source)
        assert found is not None
        assert found.library == A
    (used,) = origins.used()
    assert (used.library, used.model_hash) == (A, "m")
