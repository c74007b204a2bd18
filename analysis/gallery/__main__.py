"""``python -m analysis.gallery``."""

from analysis.gallery.report import write

if __name__ == "__main__":
    print(write())
