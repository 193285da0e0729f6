"""The site as files: complete, linked, and asking nothing of other hosts."""

import re
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag

Pages = dict[str, BeautifulSoup]
CSS_ADDRESS = re.compile(r"url\(\s*[\"']?(?!data:)([^)\"']+)")
FETCHING_ATTRIBUTES = ("src", "srcset", "poster", "data")


def _listed(repository: Path) -> list[str]:
    contents = yaml.safe_load((repository / "_toc.yml").read_text(encoding="utf-8"))
    parts = contents["parts"]
    chapters = [chapter["file"] for part in parts for chapter in part["chapters"]]
    return [contents["root"], *chapters]


def test_every_page_of_the_contents_is_written(repository: Path, pages: Pages) -> None:
    missing = [name for name in _listed(repository) if f"{name}.html" not in pages]
    assert missing == []


def test_every_chapter_says_something(repository: Path, pages: Pages) -> None:
    for name in _listed(repository):
        article = pages[f"{name}.html"].find("article")
        assert isinstance(article, Tag), f"{name} has no article"
        assert article.find("h1") is not None, f"{name} has no title"
        assert len(article.get_text().split()) > 20, f"{name} is nearly empty"


def test_the_root_is_a_whole_page_that_leads_to_the_first(pages: Pages) -> None:
    root = pages["index.html"]
    assert root.html is not None
    assert root.html["lang"] == "en"
    assert root.title is not None
    assert root.title.get_text() == "What $5.576M Buys"
    links = {str(link["href"]) for link in root.select("body a")}
    assert links == {"book/index.html"}
    (icon,) = root.select("link[rel=icon]")
    assert str(icon["href"]).startswith("data:image/svg+xml,")


def _targets(page: BeautifulSoup) -> set[str]:
    return {str(element["id"]) for element in page.find_all(id=True)}


def test_every_internal_link_and_anchor_resolves(site: Path, pages: Pages) -> None:
    broken = []
    for name, page in pages.items():
        for link in page.find_all("a", href=True):
            address, anchor = urldefrag(str(link["href"]))
            if urlsplit(address).scheme or address.startswith("//"):
                continue
            path = (site / name).parent / unquote(urlsplit(address).path)
            path = path if address else site / name
            target = path.resolve()
            if not target.exists():
                broken.append(f"{name}: {link['href']} (no such file)")
            elif anchor and target.suffix == ".html":
                inside = pages[target.relative_to(site.resolve()).as_posix()]
                if unquote(anchor) not in _targets(inside):
                    broken.append(f"{name}: {link['href']} (no such anchor)")
    assert broken == []


def test_every_local_file_that_a_page_loads_exists(site: Path, pages: Pages) -> None:
    missing = []
    for name, page in pages.items():
        loaded = [
            *(str(tag["src"]) for tag in page.find_all(["script", "img"], src=True)),
            *(str(tag["href"]) for tag in page.find_all("link", href=True)),
        ]
        for address in loaded:
            path = urlsplit(address).path
            if address.startswith("data:") or not path:
                continue
            if not ((site / name).parent / path).resolve().exists():
                missing.append(f"{name}: {address}")
    assert missing == []


def _is_elsewhere(address: str) -> bool:
    return address.startswith(("http:", "https:", "//"))


def test_no_page_names_another_host_to_load_from(pages: Pages) -> None:
    found = []
    for name, page in pages.items():
        for tag in page.find_all(True):
            fetched = [str(tag[key]) for key in FETCHING_ATTRIBUTES if tag.get(key)]
            if tag.name == "link" and tag.get("rel") != ["license"]:
                fetched.append(str(tag.get("href", "")))
            style = str(tag.get("style", ""))
            if tag.name == "style":
                style += tag.get_text()
            fetched += CSS_ADDRESS.findall(style)
            found += [f"{name}: {url}" for url in fetched if _is_elsewhere(url)]
    assert found == []


def test_no_stylesheet_names_another_host(site: Path) -> None:
    found = [
        f"{path.name}: {address}"
        for path in site.rglob("*.css")
        for address in CSS_ADDRESS.findall(path.read_text(encoding="utf-8"))
        if _is_elsewhere(address)
    ]
    assert found == []


def test_ids_are_unique_on_each_page(pages: Pages) -> None:
    repeated = []
    for name, page in pages.items():
        ids = [str(element["id"]) for element in page.find_all(id=True)]
        repeated += [f"{name}: {key}" for key in set(ids) if ids.count(key) > 1]
    assert repeated == []


def test_panel_ids_are_unique_in_the_book(chapters: Pages) -> None:
    ids = [
        str(panel["data-panel"])
        for page in chapters.values()
        for panel in page.select(".ex-panel")
    ]
    assert len(ids) == len(set(ids)), f"panels share an id: {sorted(ids)}"


def _is_silent(picture: Tag) -> bool:
    """Return whether a picture says nothing to those who cannot see it."""
    if picture.name == "img":
        return len(str(picture.get("alt") or "").split()) < 5
    if picture.get("aria-hidden") == "true" or picture.find_parent("svg"):
        return False
    label = picture.get("aria-label") or picture.get("aria-labelledby")
    if picture.get("role") == "group":
        # A drawing with links in it: an image would hide them from a screen reader.
        description = picture.find("desc", id=str(picture.get("aria-describedby")))
        return not (label and description and len(description.get_text().split()) > 39)
    return picture.get("role") != "img" or not (label or picture.find("title"))


def test_every_picture_has_a_text_alternative(chapters: Pages) -> None:
    silent = [
        f"{name}: {str(picture)[:90]}"
        for name, page in chapters.items()
        for picture in page.select("article img, article svg")
        if _is_silent(picture)
    ]
    assert silent == []


def test_every_panel_has_a_table_for_those_without_scripts(chapters: Pages) -> None:
    bare = [
        f"{name}: {panel['data-panel']}"
        for name, page in chapters.items()
        for panel in page.select(".ex-panel")
        if panel.find("table") is None
    ]
    assert bare == []


def test_no_formula_is_left_as_latex(chapters: Pages) -> None:
    left = [
        f"{name}: {formula.get_text()[:60]}"
        for name, page in chapters.items()
        for formula in page.select("article .math")
        if formula.find("math") is None
    ]
    assert left == []


def test_no_traceback_reached_a_page(chapters: Pages) -> None:
    faulty = [
        name
        for name, page in chapters.items()
        if page.select(".output.traceback, .output.stderr")
    ]
    assert faulty == []
