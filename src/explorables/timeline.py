"""A panel over timelines: who does what when, recorded for each of a few options.

A simulation has loops, so no trace reaches it. It is run for every combination of
options when its notebook executes; its numbers become a table, its blocks a few planes
of small integers, compressed. A reader picks options and moves through time.
"""

import base64
import itertools
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from explorables.controls import Choice, Noun, Slider
from explorables.panel import Explorable, Value

SECOND = 16
"""Added to a block's kind when its first band is tinted; twice that for the other."""

MOST_TICKS = 65_535
"""Ticks that a gap or a block can last: two bytes."""


class Block(Protocol):
    """What is drawn: some work of a row, from when and for how long."""

    @property
    def start(self) -> float:
        """When it starts."""

    @property
    def duration(self) -> float:
        """How long it takes."""

    @property
    def kind(self) -> str:
        """Letter of its kind."""

    @property
    def micro_batches(self) -> tuple[int, ...]:
        """Numbers written on it: one, or two."""

    @property
    def second(self) -> tuple[bool, ...]:
        """For each number, whether its band is drawn in the second tint."""

    @property
    def live(self) -> tuple[int, int]:
        """What its row holds during it and after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockKind:
    """How one kind of block looks: where in its row, and in which colours."""

    letter: str

    label: str
    """What it is, for the legend."""

    parts: Sequence[tuple[float, float, Noun]]
    """Bands of the row that it fills, as shares of the height, with their colours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline(Explorable):
    """A simulation of choices and of a moment, recorded for the page.

    Every control is a choice, but for the moment's slider, which goes from 0 to 1
    in steps. A combination that the function refuses is kept with its reason.
    """

    moment: str
    """Name of the slider that moves through time, as a share of the whole."""

    rows: str
    """Field of the result: for each row its blocks."""

    row: str
    kinds: Sequence[BlockKind]

    tick: float
    """Time that divides every start and every duration."""

    held: str = ""
    """What a row holds, in words, for the bars beside it."""

    time: str = ""
    """Unit of the time axis, in words."""

    def __post_init__(self) -> None:
        Explorable.__post_init__(self)
        odd = [
            c.name
            for c in self.controls
            if not isinstance(c, Choice) and c.name != self.moment
        ]
        sliders = [c.name for c in self.controls if isinstance(c, Slider)]
        if odd or sliders != [self.moment]:
            message = f"moment is {self.moment!r}: must be the one slider among choices"
            raise ValueError(message)
        if not self.slider.step or not self.outputs:
            message = f"{self.id} must say its slider's step and its outputs"
            raise ValueError(message)

    def call(self, state: Mapping[str, Value]) -> dict[str, float]:
        """Return one moment's results."""
        result = self.function(**state, **self.fixed)
        return {name: float(getattr(result, name)) for name in self.outputs}

    @property
    def slider(self) -> Slider:
        """The slider that moves through time."""
        slider = self.control(self.moment)
        assert isinstance(slider, Slider)
        return slider

    def moments(self) -> list[float]:
        """Return the recorded moments, rounded as the page rounds them."""
        pace = self.slider.step or 1.0
        last = round((self.slider.high - self.slider.low) / pace)
        return [float(f"{self.slider.low + at * pace:.9g}") for at in range(last + 1)]

    def variants(self) -> Iterator[dict[str, Value]]:
        """Yield every combination of choices, the last control's changing first."""
        choices = [c for c in self.controls if isinstance(c, Choice)]
        for values in itertools.product(*(c.argument for c in choices)):
            yield {c.name: value for c, value in zip(choices, values, strict=True)}

    def _kept(self, options: Mapping[str, Value]) -> list[Any]:
        rows = [
            list(self.call({**options, self.moment: at}).values())
            for at in self.moments()
        ]
        # What does not change with the moment is kept once.
        columns = [[_short(x) for x in column] for column in zip(*rows, strict=True)]
        return [c[0] if len(set(c)) == 1 else c for c in columns]

    def guards(self) -> list[list[Any]]:
        """Return the reasons for which combinations are refused."""
        return [["", reason] for reason in dict.fromkeys(self._reasons()) if reason]

    def _reasons(self) -> list[str]:
        """Return why each combination is refused; empty where it is not."""
        reasons = []
        for options in self.variants():
            try:
                self.call({**options, self.moment: self.slider.low})
                reasons.append("")
            except ValueError as error:
                reasons.append(str(error))
        return reasons

    def javascript(self) -> str:
        """Return a function that looks the results up, as the page runs it."""
        refused = [reason for _, reason in self.guards()]
        table = [
            refused.index(reason) if reason else self._kept(options)
            for options, reason in zip(self.variants(), self._reasons(), strict=True)
        ]
        names = [f"x{at}" for at in range(len(self.controls))]
        place, frame = "0", ""
        for name, control in zip(names, self.controls, strict=True):
            if isinstance(control, Choice):
                place = f"({place})*{len(control.argument)}+{name}"
            else:
                frame = f"Math.round(({name}-{self.slider.low})/{self.slider.step})"
        nothing = f"Array({len(self.outputs)}).fill(NaN)"
        return (
            f"((t)=>({','.join(names)})=>{{const v=t[{place}],f={frame};"
            f"return v.map?[v.map(x=>x.map?x[f]:x),undefined]:[{nothing},[v]]}})"
            f"({json.dumps(table, separators=(',', ':'), allow_nan=False)})"
        )

    def drawing(self) -> str:
        """Return the script that draws the blocks."""
        return "timeline.js"

    def specification(self) -> dict[str, Any]:
        """Return everything the runtime needs, the blocks included."""
        # Not super(): a class with slots is made twice, and super() knows the first.
        specification = Explorable.specification(self)
        specification["timeline"] = {
            "moment": self.moment,
            "row": self.row,
            "held": self.held,
            "time": self.time,
            "tick": self.tick,
            "kinds": [[k.letter, k.label, list(k.parts)] for k in self.kinds],
            "blocks": base64.b64encode(zlib.compress(self._blocks(), 9)).decode(),
        }
        return specification

    def _blocks(self) -> bytes:
        """Return the blocks of all combinations.

        First for each combination its number of rows and two bytes for each row's
        number of blocks; then nine planes with one byte for each block: kind, first
        number, second number plus one, gap before it and duration in ticks (low and
        high bytes), what its row gains as it starts and loses as it ends. Numbers
        and duration are differences to the last block of that kind in the row: a
        schedule repeats itself, and what repeats weighs next to nothing.
        """
        heads = bytearray()
        kinds = {kind.letter: at for at, kind in enumerate(self.kinds)}
        planes = [bytearray() for _ in range(9)]
        for options in self.variants():
            rows = self._rows(options)
            heads.append(len(rows))
            for row in rows:
                heads += len(row).to_bytes(2, "little")
                for values in self._row_bytes(row, kinds):
                    for plane, value in zip(planes, values, strict=True):
                        plane.append(value)
        return bytes(heads) + b"".join(map(bytes, planes))

    def _rows(self, options: Mapping[str, Value]) -> Sequence[Sequence[Block]]:
        given = {**options, self.moment: self.slider.low}
        try:
            rows: Sequence[Sequence[Block]] = getattr(
                self.function(**given, **self.fixed), self.rows
            )
        except ValueError:
            return ()
        return rows

    def _row_bytes(
        self, row: Sequence[Block], kinds: Mapping[str, int]
    ) -> Iterator[tuple[int, ...]]:
        """Yield a row's blocks, one byte for each plane."""
        end = held = 0
        last: dict[int, tuple[int, int, int]] = {}
        for block in row:
            start, duration = self._ticks(block.start), self._ticks(block.duration)
            first, *others = block.micro_batches
            tint = sum(SECOND << at for at, on in enumerate(block.second) if on)
            kind = kinds[block.kind] + tint
            now = (first, others[0] + 1 if others else 0, duration)
            before = last.get(kind, (0, 0, 0))
            numbers = [(new - old) % 256 for new, old in zip(now, before, strict=True)]
            lasts = (duration - before[2]) % (MOST_TICKS + 1)
            during, after = block.live
            yield (
                kind,
                *numbers[:2],
                *(start - end).to_bytes(2, "little"),
                *lasts.to_bytes(2, "little"),
                during - held,
                during - after,
            )
            last[kind], held, end = now, after, start + duration

    def _ticks(self, time: float) -> int:
        ticks = round(time / self.tick)
        if abs(ticks * self.tick - time) > 1e-6 * self.tick or ticks > MOST_TICKS:
            message = f"tick is {self.tick}: must divide {time}, at most {MOST_TICKS}"
            raise ValueError(message)
        return ticks


def _short(value: float) -> float | int:
    """Return a whole number without its decimal point, which a page need not read."""
    return int(value) if value.is_integer() else value
