"""Which actions may be recorded. An unknown name raises, so every entry has a sentence in each language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Label = str | Promise
_NAME = re.compile(r"[a-z]+\.[a-z]+(_[a-z]+)+")
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Action:
    """A registered action. `personal` are the keys of its personal texts, which can be erased later."""

    name: str
    sentence: Label
    personal: frozenset[str] = frozenset()
    labels: Mapping[str, Mapping[str, Label]] = field(default_factory=dict)

    @property
    def placeholders(self) -> frozenset[str]:
        """What the sentence names besides the actor."""
        return frozenset(_PLACEHOLDER.findall(str(self.sentence))) - {"actor"}

    @property
    def pattern(self) -> str:
        """The sentence with a gap for each value, as the name of this kind of action."""
        return _PLACEHOLDER.sub("…", str(self.sentence))

    def text(self, values: Mapping[str, object]) -> str:
        """The sentence in the active language. A value that is missing or erased (None) is said to be so."""
        return _PLACEHOLDER.sub(lambda found: self._value(found[1], values), str(self.sentence))

    def _value(self, key: str, values: Mapping[str, object]) -> str:
        value = values.get(key)
        if value is None:
            return _("(erased)") if key == "actor" or key in self.personal else _("(unknown)")
        return str(self.labels.get(key, {}).get(str(value), value))


_actions: dict[str, Action] = {}
_required: dict[str, frozenset[str]] = {}


def register(
    action: str,
    sentence: Label,
    personal: Iterable[str] = (),
    *,
    labels: Mapping[str, Mapping[str, Label]] | None = None,
) -> None:
    """Name an action ("room.entity_verb"), with its sentence ("%(actor)s chose %(name)s") marked to be
    translated.

    `personal`: keys whose texts name or describe a person; `record` demands exactly these. The actor's own
    name is always treated so. `labels`: for keys with coded values, how each value is said, for example
    `{"role": {"lead": _("AI lead")}}`. ValueError for a bad name or one that is registered already.
    """
    if not _NAME.fullmatch(action):
        raise ValueError(f"{action!r} is not of the form room.entity_verb")
    if action in _actions:
        raise ValueError(f"the action {action} is registered twice")
    if "actor" in (keys := frozenset(personal)):
        raise ValueError("the actor's name is personal by itself")
    _actions[action] = Action(action, sentence, keys, labels or {})


def action_named(name: str) -> Action:
    """The registered action; KeyError for an unknown one."""
    try:
        return _actions[name]
    except KeyError:
        raise KeyError(f"the action {name} is not registered (see audit.registry.register)") from None


def known(name: str) -> Action:
    """For reading old logs: the registered action, or one that says its bare name when it is gone by now."""
    return _actions.get(name) or Action(name, f"%(actor)s: {name}")


def actions() -> list[Action]:
    """All registered actions, by name."""
    return [_actions[name] for name in sorted(_actions)]


def check_values(action: Action, *, data: Mapping[str, Any], personal: Mapping[str, str]) -> None:
    """Refuse personal keys that were not registered, and a sentence that lacks words (ValueError)."""
    if personal.keys() != action.personal:
        raise ValueError(
            f"{action.name} has the personal keys {sorted(action.personal)}, not {sorted(personal)}"
        )
    if twice := action.personal & data.keys():
        raise ValueError(f"{action.name}: {sorted(twice)} are personal and may not be in data as well")
    needed = _required.get(action.name)
    if needed is None:
        needed = _required[action.name] = action.placeholders - action.personal
    if missing := needed - data.keys():
        raise ValueError(f"{action.name}: its sentence needs {sorted(missing)} in data")
