"""The site's own search, in a browser: who types a term finds its chapter first."""

from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

A = "architecture/"
S = "training-system/"
R = "training-recipe/"
E = "economics/"
G = "geopolitics/"

CHAPTERS = {
    A + "attention": "MLA, KV cache, absorbed MLA, GQA, multi-query attention",
    A + "routing": "MoE, auxiliary-loss-free, load balancing, shared expert",
    A + "multi-token-prediction": "MTP, speculative decoding, acceptance rate",
    A + "parameters": "active parameters, 671B",
    S + "fp8": "quantization, per-tensor scaling, E4M3",
    S + "h800": "NVLink",
    S + "roofline": "roofline, arithmetic intensity",
    S + "pipeline": "pipeline parallelism, data parallelism, DualPipe",
    S + "training-memory": "ZeRO",
    S + "expert-parallelism": "expert parallelism, EP, all-to-all, DeepEP",
    R + "pre-training": "FIM, EMA, scaling law",
    R + "long-context": "RoPE, YaRN, NTK",
    R + "post-training": "GRPO, RLHF, SFT, distillation",
    E + "training-cost": "MFU, TCO",
    E + "deployment": "tensor parallel, tensor parallelism, TP, batch size, "
    "prefill decode disaggregation, throughput latency",
    E + "own-or-rent": "break-even",
    E + "cost-uncertainty": "Monte Carlo",
    E + "inference-cost": "air-gapped, inference cost",
    E + "api-prices": "cached input",
    G + "export-controls": "export controls, H20, TPP",
    G + "export-rules": "entity list",
}
"""What a reader types, by the page that must come first."""

SEARCHES = [
    (query, page) for page, queries in CHAPTERS.items() for query in queries.split(", ")
]


@pytest.fixture(scope="module")
def searched(browser: Browser, site: Path) -> dict[str, list[str]]:
    """Return the addresses that each search finds, best first."""
    page = browser.new_page()
    found = {query: _found(page, site, query) for query, _ in SEARCHES}
    page.close()
    return found


def _found(page: Page, site: Path, query: str) -> list[str]:
    page.goto(f"{(site / 'search.html').resolve().as_uri()}?q={quote(query)}")
    page.wait_for_function(
        "document.querySelector('.search-summary')?.textContent.match(/found|match/)"
    )
    links = page.locator("#search-results ul.search li > a")
    return [str(link.get_attribute("href")) for link in links.all()]


@pytest.mark.parametrize(("query", "chapter"), SEARCHES)
def test_the_right_page_comes_first(
    searched: dict[str, list[str]], query: str, chapter: str
) -> None:
    assert searched[query], f"{query}: found nothing"
    first = searched[query][0].split("#")[0].split("?")[0]
    assert first == f"book/{chapter}.html"
