"""Multi-head latent attention, naive and absorbed.

The finding: two matrices change place, and the cache shrinks at the same scale.
"""

from collections.abc import Mapping

from dsv3.accounting import DecodeForm, absorbed_score_flop, attention_count
from dsv3.architecture import preset
from dsv3.diagrams.sizes import released_sizes
from explorables.diagram import (
    Area,
    Diagram,
    Layout,
    Mark,
    States,
    Texture,
    bars,
    box,
    diagram,
    fork,
    lines,
    linked,
    only,
    rule,
    socket,
    text,
    wire,
)

Marks = tuple[Mark, ...]

NAIVE, ABSORBED = 0, 1

PAGE_PLACES: Mapping[str, Area] = {
    "down": (72, 8, 92, 54),
    "up": (300, 8, 150, 54),
    "cache": (72, 110, 640, 66),
    "query_down": (72, 256, 72, 54),
    "query_up": (166, 256, 80, 54),
    "key_up": (268, 256, 88, 54),
    "attention": (378, 256, 110, 54),
    "value_up": (510, 256, 88, 54),
    "output": (620, 256, 66, 54),
}
"""Where each matrix stands on a page: the query side is the lower row."""

PHONE_PLACES: Mapping[str, Area] = {
    "query_down": (32, 28, 72, 54),
    "query_up": (122, 28, 76, 54),
    "key_up": (214, 28, 84, 54),
    "down": (32, 114, 84, 54),
    "up": (196, 114, 124, 54),
    "cache": (32, 216, 300, 66),
    "attention": (150, 352, 124, 54),
    "value_up": (170, 438, 84, 54),
    "output": (276, 438, 60, 54),
}
"""Where each stands on a phone: the query side is the upper row."""

TOKENS = 5
"""Earlier tokens whose part of the cache is drawn."""

CAPTION = """
Absorbed, W_{{UK}} moves to the query and W_{{UV}} behind attention, and the cache is
{ratio:.0f} times smaller.
"""

NOTE = """
One new token in one layer. Naive: keys and values are up-projected and cached,
{naive:,} numbers. Absorbed: the latent is cached as it is, for {work:.1f} times the
multiplications. A row of the cache is one earlier token, its length the numbers cached.
Norms and rotations are left out.
"""

DESCRIPTION = """
A new token's hidden state of {hidden:,} numbers is compressed by W_DKV to a latent of
{latent} and a rotary key of {rope}. Naive: W_UK and W_UV expand it to keys of {keys:,}
and values of {values:,} numbers, which the cache keeps: {naive:,} per token and layer,
and {naive_work:,} multiplications per earlier token. Absorbed: the cache keeps the
{cached} numbers; W_UK moves to the query and W_UV behind attention, each applied once
per query. The cache is {ratio:.0f} times smaller; attention takes {absorbed_work:,}
multiplications per earlier token, {work:.1f} times as many.
"""


def latent_attention() -> Diagram:
    """Draw MLA for one new token, with the cache of its naive form and of its own."""
    v3, numbers = released_sizes(), _numbers()
    said = {
        **numbers,
        "hidden": v3.hidden_size,
        "latent": v3.kv_lora_rank,
        "rope": v3.qk_rope_head_dim,
        "ratio": numbers["naive"] / numbers["cached"],
        "work": numbers["absorbed_work"] / numbers["naive_work"],
    }
    return diagram(
        _draw,
        name="latent-attention",
        page="architecture/attention",
        states=States(
            question="Form of attention", names=("naive", "absorbed"), default=ABSORBED
        ),
        title="Multi-head latent attention, naive and absorbed",
        caption=CAPTION.format(**said),
        note=NOTE.format(**said),
        description=DESCRIPTION.format(**said),
        source="DeepSeek-V3's head sizes; dsv3.accounting.attention_count",
    )


def _numbers() -> dict[str, int]:
    """Return what is cached, and multiplied with one earlier token, in each form."""
    v3 = released_sizes()
    count = attention_count(preset("deepseek-v3").attention)
    heads = v3.num_attention_heads
    keys = heads * (v3.qk_nope_head_dim + v3.qk_rope_head_dim)
    absorbed = absorbed_score_flop(heads, 1, v3.kv_lora_rank, v3.qk_rope_head_dim)
    return {
        "keys": keys,
        "values": heads * v3.v_head_dim,
        "naive": keys + heads * v3.v_head_dim,
        "cached": v3.cached_elements,
        # A multiplication and an addition are two FLOP.
        "naive_work": int(float(count.score_flop(1, DecodeForm.NAIVE)) / 2),
        "absorbed_work": int(float(absorbed) / 2),
    }


def _draw(*, wide: bool) -> Layout:
    places = PAGE_PLACES if wide else PHONE_PLACES
    boxes = _matrices(places)
    x, y = (0, 34) if wide else (0, 15)
    hidden = f"{released_sizes().hidden_size:,}"
    sizes = text(x, y + 15, hidden, "note") if wide else text(14, y, hidden, "note")
    wires = _wires_of_page(boxes) if wide else _wires_of_phone(boxes)
    marks = (
        text(x, y, "h", "bold"),
        sizes,
        *wires,
        *_boxes_in_order(boxes, wide=wide),
        *_cache(places, wide=wide),
        *_totals(332 if wide else 516, wide=wide),
    )
    return Layout(height=426 if wide else 610, marks=marks)


def _matrices(places: Mapping[str, Area]) -> dict[str, Mark]:
    v3 = released_sizes()
    heads = v3.num_attention_heads
    query = v3.qk_nope_head_dim + v3.qk_rope_head_dim
    both = v3.qk_nope_head_dim + v3.v_head_dim
    named = {
        "down": ("W_{DKV}", f"{v3.hidden_size:,} → {v3.cached_elements}"),
        "up": ("W_{UK}, W_{UV}", f"{v3.kv_lora_rank} → {heads} × {both}"),
        "query_down": ("W_{DQ}", f"→ {v3.q_lora_rank:,}"),
        "query_up": ("W_{UQ}", f"→ {heads}×{query}"),
        "key_up": ("W_{UK}", f"→ {heads}×{v3.kv_lora_rank}"),
        "attention": ("attention", f"{heads} heads"),
        "value_up": ("W_{UV}", f"→ {heads}×{v3.v_head_dim}"),
        "output": ("W_{O}", f"→ {v3.hidden_size:,}"),
    }
    return {name: box(*places[name], *words) for name, words in named.items()}


def _boxes_in_order(boxes: Mapping[str, Mark], *, wide: bool) -> Marks:
    """Return the matrices in the order of reading, with the sockets they leave."""

    def left_by(name: str, *words: str) -> Mark:
        gone = boxes[name]
        return socket(gone.x, gone.y, gone.width, gone.height, *words)

    attention = linked(
        "#weight-absorption-in-mla",
        "attention: weight absorption",
        boxes["attention"],
    )
    compressed = (
        boxes["down"],
        only(NAIVE, boxes["up"]),
        only(ABSORBED, left_by("up", "moved to the", "query side")),
    )
    query = (
        boxes["query_down"],
        boxes["query_up"],
        only(NAIVE, left_by("key_up"), left_by("value_up")),
        only(ABSORBED, boxes["key_up"]),
    )
    after = (attention, only(ABSORBED, boxes["value_up"]), boxes["output"])
    return (*compressed, *query, *after) if wide else (*query, *compressed, *after)


def _wires_of_page(boxes: Mapping[str, Mark]) -> Marks:
    down, up, attention = boxes["down"], boxes["up"], boxes["attention"]
    split = 56
    level = down.left[1]
    lower = boxes["query_down"].left
    end = boxes["output"].right
    return (
        wire((44, level), down.left),
        wire((split, level), (split, lower[1]), lower),
        fork(split, level),
        text(230, level - 8, _compressed(), "note", anchor="middle"),
        only(
            NAIVE,
            wire(down.right, up.left),
            wire(up.bottom, (up.bottom[0], 106)),
            text(up.bottom[0] + 10, 88, "keys, values", "note"),
            wire(boxes["query_up"].right, attention.left),
            wire(attention.right, boxes["output"].left),
        ),
        only(
            ABSORBED,
            wire(down.right, (230, level), (230, 106)),
            text(240, 88, "cached as it is", "note"),
            wire(boxes["query_up"].right, boxes["key_up"].left),
            wire(boxes["key_up"].right, attention.left),
            wire(attention.right, boxes["value_up"].left),
            wire(boxes["value_up"].right, boxes["output"].left),
        ),
        wire(boxes["query_down"].right, boxes["query_up"].left),
        wire((attention.top[0], 182), attention.top),
        lines(attention.top[0] + 10, 216, ("read for every", "earlier token")),
        wire(end, (end[0] + 32, end[1])),
    )


def _wires_of_phone(boxes: Mapping[str, Mark]) -> Marks:
    down, up, attention = boxes["down"], boxes["up"], boxes["attention"]
    value, output = boxes["value_up"], boxes["output"]
    trunk, rail = 12, 344
    first, second = boxes["query_down"].left, down.left
    end = output.right

    def around(start: Mark) -> Mark:
        (x, y), (to_x, to_y) = start.right, attention.right
        return wire((x, y), (rail, y), (rail, to_y), (to_x, to_y))

    return (
        wire((trunk, 21), (trunk, first[1]), first),
        wire((trunk, first[1]), (trunk, second[1]), second),
        fork(trunk, first[1]),
        text(156, second[1] - 8, _compressed(), "note", anchor="middle"),
        wire(boxes["query_down"].right, boxes["query_up"].left),
        only(
            NAIVE,
            around(boxes["query_up"]),
            wire(down.right, up.left),
            wire(up.bottom, (up.bottom[0], 212)),
            text(up.bottom[0] + 8, 194, "keys, values", "note"),
            wire(attention.bottom, (212, output.left[1]), output.left),
        ),
        only(
            ABSORBED,
            around(boxes["key_up"]),
            wire(boxes["query_up"].right, boxes["key_up"].left),
            wire(down.right, (156, second[1]), (156, 212)),
            text(166, 194, "cached as it is", "note"),
            wire(attention.bottom, value.top),
            wire(value.right, output.left),
        ),
        wire((212, 288), attention.top),
        lines(202, 318, ("read for every", "earlier token"), anchor="end"),
        wire(end, (352, end[1])),
    )


def _compressed() -> str:
    v3 = released_sizes()
    return f"{v3.kv_lora_rank} + {v3.qk_rope_head_dim}"


def _cache(places: Mapping[str, Area], *, wide: bool) -> Marks:
    """Draw the cache of some tokens in both forms, to one scale."""
    v3, numbers = released_sizes(), _numbers()
    left, top, width, height = places["cache"]
    gap = 2
    scale = (width - gap) / numbers["naive"]
    rows = [top + index * 14 for index in range(TOKENS)]

    def cached(start: float, elements: int, texture: Texture) -> Mark:
        areas = [(left + start, y, elements * scale, 10) for y in rows]
        return bars(areas, texture, noun="memory")

    keys, latent = numbers["keys"] * scale, v3.kv_lora_rank * scale
    beside = left + (36 if wide else 26)
    below = top + height + 16
    ratio = f"{numbers['naive'] / numbers['cached']:.0f} times smaller"
    return (
        linked(
            "#kv-cache-of-a-service",
            "KV cache: its size on a GPU",
            text(left, top - 14, "KV cache", "bold", noun="memory"),
            target=(left - 2, top - 30, 72, 24),
        ),
        only(
            NAIVE,
            cached(0, numbers["keys"], "hatched"),
            cached(keys + gap, numbers["values"], "counter-hatched"),
            text(left, below, f"keys {numbers['keys']:,}", "note"),
            text(
                left + width,
                below,
                f"values {numbers['values']:,}",
                "note",
                anchor="end",
            ),
        ),
        only(
            ABSORBED,
            socket(left + 0.5, top - 0.5, width - 1, height + 1),
            cached(0, v3.kv_lora_rank, "hatched"),
            cached(latent + gap, v3.qk_rope_head_dim, "solid"),
            text(beside, top + 29, ratio, "bold"),
            text(
                beside,
                top + 46,
                "outline: the cache of the naive form"
                if wide
                else "outline: the naive cache",
                "note",
            ),
            linked(
                "#decoupled-rope-why-position-needs-a-key-of-its-own",
                f"latent {v3.kv_lora_rank}, RoPE key {v3.qk_rope_head_dim}: "
                "why position needs a key of its own",
                text(
                    left,
                    below,
                    f"latent {v3.kv_lora_rank}, RoPE key {v3.qk_rope_head_dim}",
                    "strong-note",
                ),
                target=(left - 2, below - 15, 170, 24),
            ),
        ),
    )


def _totals(y: float, *, wide: bool) -> Marks:
    """Set the two numbers that change, each below its part of the drawing."""
    numbers = _numbers()
    left, right = (72, 378) if wide else (0, 184)
    fewer = f"{numbers['naive'] / numbers['cached']:.0f} times fewer"
    more = f"{numbers['absorbed_work'] / numbers['naive_work']:.1f} times as many"
    per_token = ("numbers cached", "per token and layer")
    per_pair = ("multiplications", "per earlier token and layer")
    return (
        rule(y, 720 if wide else 352),
        only(
            NAIVE,
            text(left, y + 34, f"{numbers['naive']:,}", "large", noun="memory"),
            text(right, y + 34, f"{numbers['naive_work']:,}", "large", noun="compute"),
        ),
        only(
            ABSORBED,
            text(left, y + 34, f"{numbers['cached']:,}", "large", noun="memory"),
            text(
                right, y + 34, f"{numbers['absorbed_work']:,}", "large", noun="compute"
            ),
            text(left, y + 86, fewer, "strong-note"),
            text(right, y + 86, more, "strong-note"),
        ),
        lines(left, y + 54, per_token, leading=16),
        lines(right, y + 54, per_pair, leading=16),
    )
