"""Quick tests come before slow ones, and a file's tests run in one process."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.scheduling import blocks

pytest_plugins = ["pytester"]

FILE = """
import os, pytest
def test_quick(): print("ran quick {name}", os.getpid())
def test_also_quick(): print("ran quick {name}", os.getpid())
@pytest.mark.slow
def test_slow(): print("ran slow {name}", os.getpid())
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_slowest(): print("ran slowest {name}", os.getpid())
"""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """Two files of two quick and two slow tests each, run as ours are."""
    root = Path(__file__).parents[1]
    pytester.makeini("[pytest]\nmarkers = slow\n")
    pytester.makeconftest(
        f"import sys\nsys.path.insert(0, {str(root)!r})\n"
        "from tests.scheduling import pytest_collection_modifyitems, pytest_xdist_make_scheduler\n"
    )
    for name in "ab":
        pytester.path.joinpath(f"test_{name}.py").write_text(FILE.format(name=name))
    return pytester


def test_slow_ones_come_last_and_those_with_the_longest_limit_first(
    suite: pytest.Pytester,
) -> None:
    done = suite.runpytest_subprocess("-s", "-p", "no:xdist")
    ran = re.findall(r"ran (\w+ \w)", done.stdout.str())
    quick = ["quick a", "quick a", "quick b", "quick b"]
    assert ran == [*quick, "slowest a", "slowest b", "slow a", "slow b"]


def test_processes_share_them_by_blocks(suite: pytest.Pytester) -> None:
    done = suite.runpytest_subprocess("-rP", "-n", "2", "--dist", "loadfile")
    done.assert_outcomes(passed=8)
    ran = re.findall(r"ran (\w+ \w) (\d+)", done.stdout.str())
    assert len({pid for _, pid in ran}) == 2
    for name in ("quick a", "quick b"):
        assert len({pid for one, pid in ran if one == name}) == 1


def test_a_file_has_a_block_of_quick_tests_and_one_of_slow_ones() -> None:
    order = ["a.py::x", "a.py::y", "b.py::x", "a.py::slow", "b.py::slow"]
    found = blocks(order)
    assert found["a.py::x"] == found["a.py::y"]
    assert len(set(found.values())) == 4


def test_what_is_trained_or_compiled_once_serves_a_whole_folder() -> None:
    order = [
        "tests/core/vae/test_a.py::x",
        "tests/core/vae/test_b.py::x",
        "tests/core/test_c.py::x",
    ]
    found = blocks(order)
    assert found[order[0]] == found[order[1]] != found[order[2]]
    order = ["tests/benchmarks/test_a.py::x", "tests/benchmarks/test_b.py::x", "tests/test_c.py::x"]
    found = blocks(order)
    assert found[order[0]] == found[order[1]] != found[order[2]]
