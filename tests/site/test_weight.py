"""What a reader downloads: counted for each page, and kept within a budget."""

import gzip
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup

OWN_BUDGET_BYTES = 60_000
PAGE_BUDGET_BYTES = 1_200_000
OWN_STATIC = ("site.css",)


def _compressed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), compresslevel=9))


def _loaded(site: Path, name: str, page: BeautifulSoup) -> set[Path]:
    addresses = [
        *(str(tag["src"]) for tag in page.find_all(["script", "img"], src=True)),
        *(
            str(tag["href"])
            for tag in page.find_all("link", href=True)
            if set(tag["rel"]) & {"stylesheet", "icon", "preload"}
        ),
    ]
    folder = (site / name).parent
    return {
        (folder / urlsplit(address).path).resolve()
        for address in addresses
        if not address.startswith("data:")
    }


def test_pages_keep_within_their_weight(
    site: Path, chapters: dict[str, BeautifulSoup], capsys: pytest.CaptureFixture[str]
) -> None:
    rows, heavy = [], []
    for name, page in chapters.items():
        own = _compressed(site / name)
        whole = own + sum(map(_compressed, _loaded(site, name, page)))
        rows.append(f"  {name:<44}{own / 1000:>9.1f}{whole / 1000:>9.1f}")
        if own > OWN_BUDGET_BYTES or whole > PAGE_BUDGET_BYTES:
            heavy.append(f"{name}: {own} bytes of its own, {whole} in all")
    with capsys.disabled():
        heading = f"  {'kB, gzip -9':<44}{'page':>9}{'whole':>9}"
        print("", heading, *rows, sep="\n")
    assert heavy == []
