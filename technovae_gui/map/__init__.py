"""The latent map: every dot a segment of the library, everything between decodable."""

from technovae_gui.map.view import LatentMapView

__all__ = ["LatentMapView"]
