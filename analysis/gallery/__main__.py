"""``python -m analysis.gallery``."""

from analysis.gallery.page import write

if __name__ == "__main__":
    print(write())
