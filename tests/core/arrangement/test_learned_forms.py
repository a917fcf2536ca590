"""Forms are read from how a track's level, density and kick rise and fall."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.arrangement.form import plan
from core.arrangement.learned_forms import MOST_FORMS, learn_forms
from core.dsp.attributes import Attributes
from core.library.segments import Segment

CALM = (-24.0, 4.0, 0.1)
PULSE = (-18.0, 14.0, 1.2)
FULL = (-12.0, 26.0, 1.8)


def track(
    name: str, course: Sequence[tuple[float, float, float]], section: int = 0
) -> list[Segment]:
    """Segments of four bars with (loudness, density, kick)."""
    return [
        Segment(
            f"{name}-{section}-{4 * number}",
            name,
            section,
            4 * number,
            8.0 * number,
            120.0,
            Attributes(0.0, density, kick, 0.5, loudness),
        )
        for number, (loudness, density, kick) in enumerate(course)
    ]


def names(segments: Sequence[Segment]) -> list[list[str]]:
    return [[part.name for part in form.parts] for form in learn_forms(segments)]


def test_a_track_with_a_break_gives_its_form() -> None:
    course = [PULSE] * 2 + [FULL] * 4 + [CALM] * 2 + [PULSE] + [FULL] * 4 + [PULSE] * 2
    (form,) = learn_forms(track("a", course))
    assert [part.name for part in form.parts] == [
        *("intro", "drop", "break", "rise", "drop", "outro")
    ]
    assert form.parts[1].weight > form.parts[3].weight
    assert form.parts[2].kick == 0.0
    sections = plan(128, "learned", learned=(form,))
    assert [section.name for section in sections] == [part.name for part in form.parts]


def test_a_single_odd_segment_is_no_section() -> None:
    course = [CALM] * 3 + [FULL] * 3 + [PULSE] + [FULL] * 3 + [CALM] * 3
    assert names(track("a", course)) == [["intro", "drop", "outro"]]


def test_it_begins_with_an_intro_and_ends_with_an_outro() -> None:
    course = [FULL] * 4 + [CALM] * 2 + [FULL] * 4
    assert names(track("a", course)) == [["intro", "drop", "break", "drop", "outro"]]


def test_what_has_no_form_is_left_out() -> None:
    assert names(track("steady", [PULSE] * 12)) == []
    assert names(track("short", [CALM, FULL, CALM])) == []
    assert learn_forms([]) == ()


def test_a_gap_or_another_tempo_ends_the_run() -> None:
    course = [PULSE] * 2 + [FULL] * 4 + [CALM] * 2
    whole = track("a", course)
    broken = [*whole[:4], *whole[5:]]
    assert names(broken) == []
    two = [*track("a", course), *track("a", course[:3], section=1)]
    assert names(two) == names(whole)


def test_equal_forms_count_once_and_the_order_of_segments_does_not_matter() -> None:
    rng = np.random.default_rng(0)
    courses = [
        [PULSE] * 2 + [FULL] * 4 + [CALM] * 2,
        [PULSE] * 3 + [FULL] * 5 + [CALM] * 2,
        [CALM] * 2 + [FULL] * 4 + [CALM] * 2 + [FULL] * 4,
        [FULL] * 4 + [CALM] * 2 + [FULL] * 4,  # the same once it has an intro and an outro
    ]
    segments = [it for n, course in enumerate(courses) for it in track(f"t{n}", course)]
    forms = learn_forms(segments)
    assert len(forms) == 2
    shuffled = [segments[n] for n in rng.permutation(len(segments))]
    assert learn_forms(shuffled) == forms


def test_there_are_never_too_many() -> None:
    rng = np.random.default_rng(1)
    kinds = (CALM, PULSE, FULL)
    segments = [
        it
        for number in range(60)
        for it in track(f"t{number:02}", [kinds[k] for k in np.repeat(rng.integers(0, 3, 8), 2)])
    ]
    assert 6 < len(learn_forms(segments)) <= MOST_FORMS
