"""Pictures that go into ``docs``: small, and each with the hash of the sources that made it in its metadata."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, PngImagePlugin

from abm.provenance import results_hash

SOURCES = "Sources"  # the key of the hash in a PNG's metadata
KEPT = ("Title", "Description")


def ship(png: Path, colours: int = 0) -> None:
    """Write a picture again, with what it says of itself and the hash of today's sources; in few ``colours`` (0: in all) it
    takes a third of the room."""
    with Image.open(png) as opened:
        picture, info = opened.convert("RGB"), opened.info
    told = PngImagePlugin.PngInfo()
    for key, text in {**{key: str(info[key]) for key in KEPT if key in info}, SOURCES: results_hash()}.items():
        told.add_itxt(key, text)
    dpi = {"dpi": info["dpi"]} if "dpi" in info else {}
    # By octree: the usual median cut gives a rare colour away, so that two kinds of mark look alike.
    few = picture.quantize(colours, method=Image.Quantize.FASTOCTREE) if colours else picture
    few.save(png, optimize=True, pnginfo=told, **dpi)
