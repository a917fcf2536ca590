"""How a Linux desktop knows the program: its entry in menus, its icon, its type of file."""

from __future__ import annotations

import configparser
import tomllib
from pathlib import Path
from xml.etree import ElementTree

from core.arrangement.project import SUFFIX

ROOT = Path(__file__).resolve().parents[1]
MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"


def entry() -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(ROOT / "resources" / "desktop" / "technovae.desktop", "utf-8")
    return dict(parser["Desktop Entry"])


def test_the_entry_starts_the_program_that_is_installed() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    command, argument = entry()["Exec"].split()
    assert command in project["project"]["scripts"]
    assert argument == "%f"
    shared = project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert all((ROOT / source).is_file() for source in shared)
    icon = entry()["Icon"]
    assert f"share/icons/hicolor/scalable/apps/{icon}.svg" in shared.values()


def test_projects_have_a_type_that_the_program_opens() -> None:
    tree = ElementTree.parse(ROOT / "resources" / "desktop" / "technovae.xml").getroot()
    (kind,) = tree.findall(f"{MIME}mime-type")
    assert entry()["MimeType"] == f"{kind.attrib['type']};"
    (glob,) = kind.findall(f"{MIME}glob")
    assert glob.attrib["pattern"] == f"*{SUFFIX}"
