"""A side panel whose button starts one long job, with the bar that shows how far the job is."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from technovae_gui import theme
from technovae_gui.widgets import forms
from technovae_gui.widgets.labels import ElidedLabel, MessageLabel

_BAR_STEPS = 1000
_MIN_ELAPSED_SECONDS = 2.0
_MIN_SHARE = 0.02
_ADJUST = QAbstractScrollArea.SizeAdjustPolicy.AdjustToContents


class RemainingTime:
    """Estimates how long a job will still take, from how fast it went so far.

    Args:
        clock: gives the current time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.restart()

    def restart(self) -> None:
        """A job starts now; forget the one before."""
        self._start_seconds = self._clock()
        self._start_share: float | None = None

    def seconds(self, share: float) -> float | None:
        """Seconds left once `share` (0..1) of the job is done; None while that would be a guess.

        What was done when the first report came (a resumed job) does not count as speed.
        """
        now = self._clock()
        if self._start_share is None:
            self._start_share, self._start_seconds = share, now
        gained = share - self._start_share
        elapsed = now - self._start_seconds
        if elapsed < _MIN_ELAPSED_SECONDS or gained < _MIN_SHARE:
            return None
        return elapsed / gained * max(0.0, 1.0 - share)


def remaining_text(seconds: float | None) -> str:
    """Seconds in words: `about 3 min left`; empty for None."""
    if seconds is None:
        return ""
    if seconds < 10:
        return "a few seconds left"
    if seconds < 60:
        return f"about {5 * round(seconds / 5):.0f} s left"
    if seconds < 3600:
        return f"about {round(seconds / 60):.0f} min left"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"about {hours:.0f} h {minutes:.0f} min left"


class JobProgressBar(QWidget):
    """What a job does, how far it is, how long it takes, and a button that stops it.

    Hidden while no job runs.

    Args:
        cancel_text: text of the button.
        clock: gives the current time in seconds.
        estimates: whether to estimate the time left; off for jobs that say it themselves.

    Signals:
        cancel_requested()
    """

    cancel_requested = Signal()

    def __init__(
        self,
        cancel_text: str = "Cancel",
        parent: QWidget | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        estimates: bool = True,
    ) -> None:
        super().__init__(parent)
        self._remaining_time = RemainingTime(clock)
        self._estimates = estimates
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(10)
        self.bar.setAccessibleName("Progress")
        # One line, however long the name of a file: what is below must not move with every step.
        self.message = ElidedLabel(collapses=False)
        self.message.setAccessibleDescription("Current step")
        self.remaining = forms.side_label("")
        self.remaining.setAccessibleName("Time left")
        self.cancel = forms.button(cancel_text, f"{cancel_text}; what is finished is kept")
        forms.SingleClicks(self.cancel)
        self.cancel.clicked.connect(self._cancel)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.SPACE)
        bar_row = forms.row(self.bar, self.cancel, spacing=2 * theme.SPACE)
        bar_row.setStretch(0, 1)
        rows.addLayout(bar_row)
        text_row = forms.row(self.message, self.remaining)
        text_row.setStretch(0, 1)
        rows.addLayout(text_row)
        self.hide()

    def start(self, message: str) -> None:
        """A job starts; how much there is to do is not known yet."""
        self._remaining_time.restart()
        self.bar.setRange(0, 0)
        self.message.show_text(message)
        self.remaining.setText("")
        self.cancel.setEnabled(True)
        self.show()

    def show_progress(self, done: float, total: float, message: str = "") -> None:
        """Show how far the job is.

        Args:
            done: how much is done, in any unit.
            total: how much there is, in the same unit; 0 while it is not known.
            message: the current step; empty leaves the one shown.
        """
        share = min(1.0, max(0.0, done / total)) if total > 0 else 0.0
        if total > 0:
            self.bar.setRange(0, _BAR_STEPS)
            self.bar.setValue(round(_BAR_STEPS * share))
        if message and self.cancel.isEnabled():
            self.message.show_text(message)
        seconds = self._remaining_time.seconds(share)
        self.remaining.setText(remaining_text(seconds) if self._estimates else "")
        self.show()

    def finish(self) -> None:
        """The job is over."""
        self.hide()

    def show_stopping(self, message: str) -> None:
        """The job was asked to stop.

        Args:
            message: what it still does; it stays until the next job starts.
        """
        self.cancel.setEnabled(False)
        self.message.show_text(message)

    def _cancel(self) -> None:
        self.show_stopping("stopping…")
        self.cancel_requested.emit()


class JobPanel(QWidget):
    """The base of panels that start a job: a progress bar `job`, a `message`, a busy state.

    Subclasses lay out their fields and implement `_start_button` and `_update_controls`.

    Args:
        bar: the progress bar; None for one with a button to cancel.
    """

    cancelled_text = ""
    """What the message says once the job was stopped."""

    def __init__(self, parent: QWidget | None = None, *, bar: JobProgressBar | None = None) -> None:
        super().__init__(parent)
        self._busy = False
        self.job = bar or JobProgressBar()
        self.message = MessageLabel()

    @property
    def busy(self) -> bool:
        """Whether the job runs."""
        return self._busy

    @Slot(float, float, str)
    def progress(self, done: float, total: float, message: str = "") -> None:
        """Show how far the job is.

        Args:
            done: how much is done, in any unit.
            total: how much there is, in the same unit; 0 while it is not known.
            message: the current step; empty leaves the one shown.
        """
        self.job.show_progress(done, total, message)

    @Slot(str)
    def failed(self, message: str) -> None:
        """The job ended with an error: `message` is one line about it."""
        self._finish()
        self.message.show_error(message)

    def refuse(self, message: str) -> None:
        """Say in one line why the job cannot be started now; one that runs goes on."""
        self.message.show_error(message)

    @Slot()
    def cancelled(self) -> None:
        """The job was stopped before it had a result."""
        self._finish()
        self.message.show_text(self.cancelled_text)

    def start_job(self) -> None:
        """Start the job with what the fields say, if it can be started now."""
        if not self._start_button().isHidden():  # as it is while the job runs
            self._start_button().click()

    def _start_button(self) -> QAbstractButton:
        """The button that starts the job; Ctrl+Enter presses it where the panel shows."""
        raise NotImplementedError

    def _update_controls(self) -> None:
        """Enable what can be used now."""
        raise NotImplementedError

    def _start(self, message: str) -> None:
        self._busy = True
        self.message.show_text("")
        self.job.start(message)
        self._update_controls()

    def _finish(self) -> None:
        self._busy = False
        self.job.finish()
        self._update_controls()

    def _scrolled_column(self) -> QVBoxLayout:
        """A column to fill, then `_finish_layout`; it scrolls where the panel is too low."""
        self._content = QWidget()
        rows = QVBoxLayout(self._content)
        rows.setContentsMargins(*[3 * theme.SPACE] * 4)
        rows.setSpacing(2 * theme.SPACE)
        return rows

    def _finish_layout(self, *pinned: QWidget, fills: bool = True) -> None:
        """Put the column into the panel.

        Args:
            pinned: stay in sight below it, however low the panel is.
            fills: whether the column takes all of a high panel; otherwise only what it needs, and
                what is pinned stands right below it.
        """
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.scroll_area = forms.scrolled(self._content)
        outer.addWidget(self.scroll_area, int(fills))
        if not fills:
            shrinks = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
            self.scroll_area.setSizePolicy(shrinks)
            self.scroll_area.setSizeAdjustPolicy(_ADJUST)
        if pinned:
            foot = QVBoxLayout()
            foot.setContentsMargins(*[3 * theme.SPACE] * 4)
            foot.setSpacing(2 * theme.SPACE)
            for widget in pinned:
                foot.addWidget(widget)
            if fills:
                outer.addWidget(forms.rule())
            outer.addLayout(foot)
        if not fills:
            outer.addStretch(1)
