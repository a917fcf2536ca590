"""Tables of figures on the screen."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table


def show(
    title: str, rows: Mapping[str, Mapping[str, float]], form: str = ".3f", width: int = 140
) -> None:
    """Print `rows`, name -> column -> figure in `form`; the first row says which columns."""
    columns = list(next(iter(rows.values())))
    table = Table(title=title)
    for column in ("", *columns):
        table.add_column(column)
    for name, row in rows.items():
        table.add_row(name, *(format(row[column], form) for column in columns))
    Console(width=width).print(table)


def list_figures(figures: Mapping[str, float]) -> None:
    """Print `figures` by name, a line each."""
    table = Table("figure", "value")
    for name, value in figures.items():
        table.add_row(name, f"{value:.1f}")
    Console().print(table)
