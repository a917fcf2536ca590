"""The body of a child that makes sound: one order after the other, as they come."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Protocol

from core.errors import TechnoVAEError
from core.progress import Progress
from core.workers import wire
from core.workers.child import STOP
from core.workers.failures import line
from core.workers.messages import (
    Array,
    Begun,
    Heard,
    Map,
    Open,
    Order,
    Picture,
    Ready,
    Refused,
    Sound,
    Underway,
)


class Service(Protocol):
    """What a child can do; all of it raises `TechnoVAEError`."""

    def open(self, order: Open) -> Ready:
        """Work with another library and model from now on."""

    def sound(self, order: Sound, begun: Callable[[Heard], None]) -> Heard:
        """A loop, as fast as can be; `begun` hears the bar that is asked for before the rest."""

    def picture(self, order: Picture) -> Array:
        """(512, 128) dB."""

    def map(self, progress: Progress) -> None:
        """Make latents and map, and keep them in the library."""


def serve(connection: Connection, make: Callable[[], Service]) -> None:
    """Meet the orders that come in, until asked to stop."""
    service = make()

    def tell(done: float, total: float, message: str = "") -> None:
        wire.send(connection, Underway(done, total, message))

    def begun(heard: Heard) -> None:
        wire.send(connection, Begun(heard))

    while (order := wire.receive(connection)) is not STOP:
        wire.send(connection, _met(service, order, tell, begun))


def _met(service: Service, order: Order, tell: Progress, begun: Callable[[Heard], None]) -> object:
    try:
        return _done(service, order, tell, begun)
    except TechnoVAEError as error:
        return Refused(str(error))
    except Exception as error:  # the next order may be met all the same
        return Refused(line(error, "making this sound"))


def _done(service: Service, order: Order, tell: Progress, begun: Callable[[Heard], None]) -> object:
    match order:
        case Sound():
            return service.sound(order, begun)
        case Picture():
            return service.picture(order)
        case Open():
            return service.open(order)
        case Map():
            service.map(tell)
            return None
