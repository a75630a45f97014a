"""Conditions of rules: small expressions over facts, answered with yes, no or "cannot tell".

A condition is written like `contact == "direct" and obvious != "yes"` or `"hiring" in annex_iii`. Only
names, texts, `and`, `or`, `not`, `==`, `!=`, `in` are allowed. A fact that is None is unknown, and
unknown stays unknown unless the rest of the expression decides alone (Kleene's three-valued logic). Nothing is
executed.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

Fact = str | bool | frozenset[str] | None
Test = Callable[[str | bool | frozenset[str]], bool]


@dataclass(frozen=True, slots=True)
class Truth:
    """`value` is True, False or None (cannot tell); `missing` names the unknown facts in the way."""

    value: bool | None
    missing: frozenset[str] = frozenset()


YES, NO = Truth(True), Truth(False)


@lru_cache(maxsize=512)
def parse(condition: str) -> ast.expr:
    """The expression as a tree. Raises ValueError where it is not one of ours."""
    try:
        tree = ast.parse(condition.strip(), mode="eval").body
    except SyntaxError as fault:
        raise ValueError(f"not a condition: {condition!r}") from fault
    _check(tree, condition)
    return tree


def names(condition: str) -> frozenset[str]:
    """The facts that a condition asks for."""
    return frozenset(node.id for node in ast.walk(parse(condition)) if isinstance(node, ast.Name))


def evaluate(condition: str, facts: Mapping[str, Fact]) -> Truth:
    """What the condition says about the facts. Raises KeyError for a fact that does not exist at all."""
    return _truth(parse(condition), facts)


def _check(node: ast.expr, condition: str) -> None:
    match node:
        case ast.BoolOp(values=values):
            for value in values:
                _check(value, condition)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            _check(operand, condition)
        case ast.Name() | ast.Constant(value=bool()):
            pass
        case ast.Compare(
            left=ast.Name(), ops=[ast.Eq() | ast.NotEq()], comparators=[ast.Constant(value=str())]
        ):
            pass
        case ast.Compare(
            left=ast.Constant(value=str()), ops=[ast.In() | ast.NotIn()], comparators=[ast.Name()]
        ):
            pass
        case _:
            raise ValueError(f"not allowed in a condition: {ast.unparse(node)!r} in {condition!r}")


def _truth(node: ast.expr, facts: Mapping[str, Fact]) -> Truth:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return _all([_truth(value, facts) for value in values])
        case ast.BoolOp(values=values):
            return _not(_all([_not(_truth(value, facts)) for value in values]))
        case ast.UnaryOp(operand=operand):
            return _not(_truth(operand, facts))
        case ast.Constant(value=bool(known)):
            return Truth(known)
        case ast.Name(id=name):
            return _decided(name, facts[name], lambda fact: bool(fact))
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[ast.Constant(value=text)]):
            same = _decided(name, facts[name], lambda fact: fact == text)
            return same if isinstance(op, ast.Eq) else _not(same)
        case ast.Compare(left=ast.Constant(value=text), ops=[op], comparators=[ast.Name(id=name)]):
            within = _decided(name, facts[name], lambda fact: isinstance(fact, frozenset) and text in fact)
            return within if isinstance(op, ast.In) else _not(within)
    raise ValueError(f"not a condition: {ast.unparse(node)!r}")


def _decided(name: str, fact: Fact, test: Test) -> Truth:
    return Truth(None, frozenset({name})) if fact is None else Truth(test(fact))


def _not(truth: Truth) -> Truth:
    return truth if truth.value is None else Truth(not truth.value)


def _all(truths: list[Truth]) -> Truth:
    if any(truth.value is False for truth in truths):
        return NO
    missing = frozenset[str]().union(*(truth.missing for truth in truths))
    return Truth(None, missing) if missing else YES
