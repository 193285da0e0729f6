"""The door for a ``config.json``: typed reading of one field at a time.

Fields are remembered as they are read, so that one which nobody read and which would
change a count can be refused at the end. :mod:`dsv3.architecture.families` says which
fields each family has. Whatever breaks a rule is a
:class:`~dsv3.architecture.values.ConfigError`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dsv3.architecture.values import ConfigError, fraction, positive, refuse, whole

NOT_COUNTED = frozenset(
    {"max_position_embeddings", "rope_interleave", "norm_topk_prob", "use_qk_norm"}
)
"""Fields whose class default need not be told, because no count depends on it."""

NEUTRAL: tuple[object, ...] = (None, False, 0, 0.0, "", (), [], {})
"""Values that switch a feature off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyDefaults:
    """What the absence of a field means in a family, sizes aside."""

    max_position_embeddings: int = 2048
    rms_norm_eps: float = 1e-6
    initializer_range: float = 0.02
    rope_theta: float = 10000.0
    hidden_act: str = "silu"
    tie_word_embeddings: bool = False

    ties: bool = True
    """Whether the class ties head and embedding at all, whatever the config says."""


class ConfigFields:
    """A config's fields, read one by one and remembered as read.

    `model_type` is the family that reads them, for the messages; `family` and
    `class_defaults` are what its config class makes of fields that are absent.
    """

    def __init__(
        self,
        config: Mapping[str, object],
        model_type: str = "such",
        family: FamilyDefaults | None = None,
        class_defaults: Mapping[str, object] | None = None,
    ) -> None:
        self.model_type = model_type
        self.family = family or FamilyDefaults()
        self._config = config
        self._defaults = class_defaults or {}
        self._read: set[str] = set()
        self._defaulted: dict[str, object] = {}
        self._unused: set[str] = set()

    @property
    def defaulted(self) -> tuple[tuple[str, object], ...]:
        """Sizes that were read and absent, with the values they were given."""
        used = {
            (name, value)
            for name, value in self._defaulted.items()
            if name not in self._unused
        }
        return tuple(sorted(used))

    def _default(self, name: str, value: object) -> None:
        """Remember a value that stands for an absent field, unless it is neutral."""
        if isinstance(value, int) and value not in NEUTRAL and name not in NOT_COUNTED:
            self._defaulted[name] = value

    def _find(
        self, name: str, aliases: Sequence[str] = ()
    ) -> tuple[str, object] | None:
        """Return the spelling found and its value; None when absent."""
        names = (name, *aliases)
        self._read.update(names)
        found = [(key, self._config[key]) for key in names if key in self._config]
        for key, value in found[1:]:
            if value != found[0][1]:
                refuse(key, value, f"must agree with {found[0][0]}")
        if found:
            return found[0]
        given = [key for key in names if key in self._defaults]
        if not given:
            return None
        self._default(given[0], self._defaults[given[0]])
        return given[0], self._defaults[given[0]]

    def _require(self, name: str, aliases: Sequence[str] = ()) -> tuple[str, object]:
        found = self._find(name, aliases)
        if found is None:
            message = f"{name} is missing: a {self.model_type} config must give it"
            raise ConfigError(message)
        return found

    def size(self, name: str, *aliases: str, at_least: int = 1) -> int:
        """Return a size that the config must give; all its spellings must agree.

        Examples
        --------
        >>> ConfigFields({"hidden_size": 7168}).size("hidden_size")
        7168
        """
        found, value = self._require(name, aliases)
        return whole(found, value, at_least=at_least)

    def size_or(self, default: int, name: str, *aliases: str, at_least: int = 1) -> int:
        """Return a size, or the family's value when the config has none; not null.

        Examples
        --------
        >>> ConfigFields({}).size_or(28, "max_window_layers")
        28
        """
        found = self._find(name, aliases)
        if found is None:
            self._default(name, default)
            return default
        return whole(*found, at_least=at_least)

    def size_or_null(self, name: str, *aliases: str, at_least: int = 1) -> int | None:
        """Return a size that the config must give, though it may be null.

        Examples
        --------
        >>> ConfigFields({"q_lora_rank": None}).size_or_null("q_lora_rank") is None
        True
        """
        found, value = self._require(name, aliases)
        return None if value is None else whole(found, value, at_least=at_least)

    def optional_size(
        self, name: str, *aliases: str, default: int | None = None
    ) -> int | None:
        """Return a size that may be absent (the default) or null (None).

        Examples
        --------
        >>> ConfigFields({"sliding_window": None}).optional_size(
        ...     "sliding_window", default=128
        ... ) is None
        True
        """
        found = self._find(name, aliases)
        if found is None:
            self._default(name, default)
            return default
        return None if found[1] is None else whole(*found)

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a yes-or-no field, or the family's value when it is absent.

        Examples
        --------
        >>> ConfigFields({}).flag("attention_bias", default=False)
        False
        """
        found = self._find(name)
        if found is None:
            self._default(name, default)
            return default
        if not isinstance(found[1], bool):
            refuse(*found, "must be true or false")
        return found[1]

    def number(self, name: str) -> float | None:
        """Return a positive finite number, or None when it is absent or null.

        Examples
        --------
        >>> ConfigFields({"rope_theta": 10000}).number("rope_theta")
        10000.0
        """
        found = self._find(name)
        if found is None or found[1] is None:
            return None
        return positive(*found)

    def fraction(self, name: str, *aliases: str, default: float) -> float:
        """Return a number above 0 and below 1, or the family's when it is absent.

        Examples
        --------
        >>> ConfigFields({}).fraction("rms_norm_eps", default=1e-6)
        1e-06
        """
        found = self._find(name, aliases)
        return default if found is None else fraction(*found)

    def word(self, name: str, allowed: Sequence[str], *, default: str) -> str:
        """Return a word out of a few, or the family's when it is absent.

        Another word would be another model.

        Examples
        --------
        >>> ConfigFields({}).word("topk_method", ["greedy"], default="greedy")
        'greedy'
        """
        found = self._find(name)
        if found is None:
            return default
        if not isinstance(found[1], str) or found[1] not in allowed:
            rule = "must be one of" if len(allowed) > 1 else "must be"
            refuse(*found, f"{rule} {', '.join(allowed)}")
        return found[1]

    def text(self, name: str, *aliases: str, default: str) -> str:
        """Return any text, the first spelling's that is given; or the family's.

        Examples
        --------
        >>> ConfigFields({"hidden_act": "gelu"}).text("hidden_act", default="silu")
        'gelu'
        """
        for spelling in (name, *aliases):
            found = self._find(spelling)
            if found is None or found[1] is None:
                continue
            if not isinstance(found[1], str):
                refuse(*found, "must be text")
            return found[1]
        return default

    def is_list(self, name: str) -> bool:
        """Return whether a field is there and a list.

        Examples
        --------
        >>> ConfigFields({"moe_topk": [8, 8]}).is_list("moe_topk")
        True
        """
        return isinstance(self._config.get(name), list | tuple)

    def is_zero(self, name: str) -> bool:
        """Return whether a field is there and the number 0; it then counts as read.

        Examples
        --------
        >>> ConfigFields({"sliding_window": 0}).is_zero("sliding_window")
        True
        """
        found = self._find(name)
        return found is not None and found[1] == 0 and found[1] is not False

    def items(self, name: str) -> Sequence[object] | None:
        """Return a list, or None when it is absent or null.

        Examples
        --------
        >>> ConfigFields({"mlp_only_layers": [0]}).items("mlp_only_layers")
        [0]
        """
        found = self._find(name)
        if found is None or found[1] is None:
            return None
        if not isinstance(found[1], list | tuple):
            refuse(*found, "must be a list")
        return found[1]

    def table(self, name: str) -> Mapping[str, object] | None:
        """Return a nested object, or None when it is absent or null.

        Examples
        --------
        >>> ConfigFields({}).table("rope_scaling") is None
        True
        """
        found = self._find(name)
        if found is None or found[1] is None:
            return None
        if not isinstance(found[1], Mapping):
            refuse(*found, "must be an object or null")
        return found[1]

    def switch_off(self, *names: str) -> None:
        """Leave fields unmentioned that another field switches off.

        Examples
        --------
        >>> fields = ConfigFields({})
        >>> fields.size_or(4096, "sliding_window")
        4096
        >>> fields.switch_off("sliding_window")
        >>> fields.defaulted
        ()
        """
        self._unused.update(names)

    def ignore(self, *names: str) -> None:
        """Pass over fields that change nothing that is counted in this family.

        Examples
        --------
        >>> fields = ConfigFields({"use_qk_norm": True}, "llama4_text")
        >>> fields.ignore("use_qk_norm")
        >>> fields.refuse_unread(["use_qk_norm"])
        """
        self._read.update(names)

    def unread(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return which of some fields are there, switched on, and read by nobody.

        Examples
        --------
        >>> ConfigFields({"vision_config": {"depth": 3}}).unread(["vision_config"])
        ('vision_config',)
        """
        return tuple(
            name
            for name in names
            if name not in self._read and self._config.get(name) not in NEUTRAL
        )

    def refuse_unread(self, names: Sequence[str]) -> None:
        """Refuse fields that would change the counts and that nobody read.

        Examples
        --------
        >>> ConfigFields({"mlp_bias": True}, "mixtral").refuse_unread(["mlp_bias"])
        Traceback (most recent call last):
            ...
        dsv3.architecture.values.ConfigError: mlp_bias is True: no mixtral model has it
        """
        for name in self.unread(names):
            refuse(name, self._config[name], f"no {self.model_type} model has it")
