"""The door for a ``config.json``: typed reading of one field at a time.

Fields are remembered as they are read, so that one which nobody read and which would
change a count can be refused at the end. :mod:`dsv3.architecture.families` says which
fields each family has. Whatever breaks a rule is a
:class:`~dsv3.architecture.values.ConfigError`.
"""

from collections.abc import Mapping, Sequence

from dsv3.architecture.values import ConfigError, fraction, positive, refuse, whole

NEUTRAL: tuple[object, ...] = (None, False, 0, 0.0, "", (), [], {})
"""Values that switch a feature off."""


class ConfigFields:
    """A config's fields, read one by one and remembered as read.

    `model_type` is the family that reads them, for the messages.
    """

    def __init__(self, config: Mapping[str, object], model_type: str = "such") -> None:
        self.model_type = model_type
        self._config = config
        self._read: set[str] = set()

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
        return found[0] if found else None

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
        return default if found is None else whole(*found, at_least=at_least)

    def size_or_null(self, name: str, *, at_least: int = 1) -> int | None:
        """Return a size that the config must give, though it may be null.

        Examples
        --------
        >>> ConfigFields({"q_lora_rank": None}).size_or_null("q_lora_rank") is None
        True
        """
        found, value = self._require(name)
        return None if value is None else whole(found, value, at_least=at_least)

    def optional_size(self, name: str, *, default: int | None = None) -> int | None:
        """Return a size that may be absent (the default) or null (None).

        Examples
        --------
        >>> ConfigFields({"sliding_window": None}).optional_size(
        ...     "sliding_window", default=128
        ... ) is None
        True
        """
        found = self._find(name)
        if found is None:
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

    def fraction(self, name: str, *, default: float) -> float:
        """Return a number above 0 and below 1, or the family's when it is absent.

        Examples
        --------
        >>> ConfigFields({}).fraction("rms_norm_eps", default=1e-6)
        1e-06
        """
        found = self._find(name)
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

    def text(self, name: str, *, default: str) -> str:
        """Return any text, or the family's when it is absent or null.

        Examples
        --------
        >>> ConfigFields({"hidden_act": "gelu"}).text("hidden_act", default="silu")
        'gelu'
        """
        found = self._find(name)
        if found is None or found[1] is None:
            return default
        if not isinstance(found[1], str):
            refuse(*found, "must be text")
        return found[1]

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

    def refuse_unread(self, names: Sequence[str]) -> None:
        """Refuse fields that would change the counts and that nobody read.

        Examples
        --------
        >>> ConfigFields({"mlp_bias": True}, "mixtral").refuse_unread(["mlp_bias"])
        Traceback (most recent call last):
            ...
        dsv3.architecture.values.ConfigError: mlp_bias is True: no mixtral model has it
        """
        for name in names:
            if name in self._read or name not in self._config:
                continue
            value = self._config[name]
            if value not in NEUTRAL:
                refuse(name, value, f"no {self.model_type} model has it")
