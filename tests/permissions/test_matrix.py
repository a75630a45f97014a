"""Every address x every role, from the URLconf itself: a new page is in the matrix the moment it exists."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from pilotwerk.accounts.rights import right_of
from pilotwerk.accounts.views import people
from pilotwerk.core.models import TenantModel
from pilotwerk.core.permissions import PUBLIC, SIGNED_IN, Permission, Role
from tests.cast import Cast

INSIDE = "o/<slug:organisation>/"


@dataclass(frozen=True)
class Address:
    """A line of the URLconf with its view and the right that it names."""

    name: str
    route: str
    view: Any
    right: Permission | None

    def path(self, organisation: str, value: Any = None) -> str:
        """The address with an organisation and, for every other argument, `value` (default: one that is nowhere)."""

        def fill(match: re.Match[str]) -> str:
            kind, name = match.group("kind") or "str", match.group("name")
            if name == "organisation":
                return organisation
            if kind == "uuid":
                return str(value or uuid.UUID(int=7))
            return "2" if kind == "int" else "nirgends"

        return "/" + re.sub(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>", fill, self.route)


def addresses(patterns: Any = None, prefix: str = "", space: str = "") -> Iterator[Address]:
    """All lines of the URLconf, flattened."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from addresses(entry.url_patterns, prefix + str(entry.pattern), inner)
        elif isinstance(entry, URLPattern):
            name = f"{space}{entry.name}"
            yield Address(name, prefix + str(entry.pattern), entry.callback, right_of(entry.callback, name))


ALL = list(addresses())
OURS = [address for address in ALL if not address.route.startswith("accounts/")]
ORGANISATION = [address for address in OURS if INSIDE in address.route]


def unnamed(candidates: list[Address]) -> list[str]:
    """Addresses whose view names no right."""
    return [address.name for address in candidates if right_of(address.view, address.name) is None]


def ask(client: Client, path: str) -> list[int]:
    """The answers to GET and to an empty POST."""
    return [client.get(path).status_code, client.post(path).status_code]


def test_every_view_of_ours_names_a_right() -> None:
    assert unnamed(OURS) == []


def test_a_view_that_lost_its_right_is_found_and_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    path = cast.organisation.url("accounts:people")
    assert cast.client("owner").get(path).status_code == 200
    monkeypatch.delattr(people, "permission")
    assert unnamed(OURS) == ["accounts:people"]
    assert cast.client("owner").get(path).status_code == 403


def test_a_wrong_right_on_a_view_is_found(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening a page to everybody who is signed in shows in the matrix: the outsider no longer gets 404."""
    monkeypatch.setattr(people, "permission", SIGNED_IN)
    address = next(address for address in ORGANISATION if address.name == "accounts:people")
    with pytest.raises((AssertionError, AttributeError)):
        check_strangers(address, cast)


def test_pages_inside_an_organisation_need_a_right_inside_it() -> None:
    wrong = [a.name for a in ORGANISATION if a.right is None or a.right.scope != "organisation"]
    assert wrong == []


def test_sign_in_pages_of_the_library_stay_shut_unless_listed(cast: Cast) -> None:
    shut = [address for address in ALL if address.route.startswith("accounts/") and address.right is None]
    for address in shut:
        assert cast.client("owner").get(address.path("")).status_code in (403, 404), address.name


def check_strangers(address: Address, cast: Cast) -> None:
    path = address.path(cast.organisation.slug)
    assert ask(cast.client("outsider"), path) == [404, 404], f"the outsider at {path}"
    anonymous = Client().get(path)
    assert anonymous.status_code == 302, f"nobody at {path}"
    assert anonymous.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("address", ORGANISATION, ids=lambda address: address.name)
def test_each_role_gets_what_its_right_allows(address: Address, cast: Cast) -> None:
    check_strangers(address, cast)
    path = address.path(cast.organisation.slug)
    assert address.right is not None
    for role in Role:
        if role not in address.right.roles:
            assert ask(cast.client(role), path) == [403, 403], f"{role} at {path}"
    for role in sorted(address.right.roles):
        assert 403 not in ask(cast.client(role), path), f"{role} at {path}"


@pytest.mark.parametrize(
    "address", [a for a in ORGANISATION if "<uuid:" in a.route], ids=lambda address: address.name
)
def test_rows_of_another_organisation_are_nowhere(address: Address, cast: Cast) -> None:
    """Whatever row of the other company is named in an address, the answer is 404."""
    rows = [
        row
        for model in apps.get_models()
        if issubclass(model, TenantModel)
        for row in model._default_manager.filter(organisation=cast.other)[:1]
    ]
    assert rows
    for row in rows:
        path = address.path(cast.organisation.slug, row.pk)
        for status in ask(cast.client("owner"), path):
            assert status in (403, 404, 405), f"{row._meta.label} at {path}"


def test_public_pages_are_few_and_known() -> None:
    public = {address.name for address in OURS if address.right is PUBLIC}
    assert public <= {"start", "set_language", "accounts:invitation", "journey:feed", "metrics"}
