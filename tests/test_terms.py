"""The words of the book: each is explained once, on a page that exists."""

import re
from collections import Counter
from pathlib import Path

import pytest

from dsv3.facts import read_records
from dsv3.terms import Term, find_term, terms

WORDS = (
    "KV cache, MLA, MoE, GQA, MQA, MHA, RoPE, YaRN, MFU, MTP, throughput, latency, "
    "TTFT, TPOT, batch size, micro-batch, EP, TP, PP, DP, ZeRO, SFT, RL, RLHF, "
    "GRPO, PPO, DPO, GEMM, Tensor Core, roofline, HBM, NVLink, InfiniBand, RDMA, "
    "all-to-all, all-reduce, bubble, recomputation, FP8, E4M3, E5M2, BF16, MXFP8, "
    "UE8M0, block scaling, quantization, speculative decoding, acceptance rate, "
    "prefill, decode, continuous batching, prefix caching, auxiliary loss, MaxVio, "
    "expert capacity, top-k, shared expert, BPB, perplexity, FIM, AdamW, EMA, "
    "gradient clipping, warmup, needle in a haystack, distillation, reward model, "
    "KL penalty, TCO, capex, opex, depreciation, utilisation, TPP, "
    "performance density, ECCN 3A090, entity list"
)
"""What papers on the model and guides to its training define."""

ROW = "[{name: top-k, definition: %s, chapter: architecture/routing}]"


def test_a_reader_finds_the_words_of_the_field() -> None:
    for word in re.split(", ", WORDS):
        assert find_term(word).definition


def test_no_spelling_stands_for_two_terms() -> None:
    spellings = Counter(
        word.lower() for term in terms() for word in (*term.spellings, *term.searches)
    )
    assert [word for word, uses in spellings.items() if uses > 1] == []


def test_anchors_are_unique() -> None:
    assert len({term.anchor for term in terms()}) == len(terms())


def test_chapters_and_pages_exist(repository: Path) -> None:
    book = repository / "book"
    pages = {term.chapter for term in terms()} | {
        page for term in terms() for page in term.pages
    }
    missing = [page for page in pages if not (book / f"{page}.ipynb").exists()]
    assert missing == []


def test_no_word_is_replaced_by_two_terms_or_by_itself() -> None:
    replaced = Counter(word for term in terms() for word in term.replaces)
    assert [word for word, uses in replaced.items() if uses > 1] == []
    spelt = {word.lower() for term in terms() for word in term.spellings}
    assert not spelt & {word.lower() for word in replaced}


@pytest.mark.parametrize("definition", ["no capital.", "Two. Sentences.", "No stop"])
def test_a_definition_is_one_sentence(definition: str) -> None:
    with pytest.raises(ValueError, match="one sentence"):
        read_records("terms.yaml", Term, name_field="name", text=ROW % definition)


def test_an_unknown_word_is_refused_in_one_line() -> None:
    with pytest.raises(ValueError, match=r"^spelling is 'nudge': no term[^\n]*$"):
        find_term("nudge")
