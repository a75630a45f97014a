"""The log's rules, without a database: tree, canonical form, commitments, checkpoints."""

import hashlib
import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import pymerkle
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from pilotwerk.audit.domain.actor import Actor, System, member, visitor
from pilotwerk.audit.domain.canonical import canonical
from pilotwerk.audit.domain.checkpoint import Signer, origin_of
from pilotwerk.audit.domain.entry import Entry, entry_new, entry_read
from pilotwerk.audit.domain.merkle import (
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from pilotwerk.audit.verifier.verify import Broken, Key, checkpoint_open, commitment, note_open

LOG = UUID("11111111-2222-3333-4444-555555555555")
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

# The test vectors of the Certificate Transparency reference implementation for the tree of RFC 6962 and 9162.
CT_LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaves_of(count: int) -> list[bytes]:
    return [leaf_hash(f"entry {number}".encode()) for number in range(count)]


def peer_of(count: int) -> pymerkle.InmemoryTree:
    peer = pymerkle.InmemoryTree(algorithm="sha256")
    for number in range(count):
        peer.append_entry(f"entry {number}".encode())
    return peer


def signer() -> Signer:
    return Signer(origin_of(LOG), Ed25519PrivateKey.generate())


def test_the_tree_has_the_roots_of_the_published_vectors() -> None:
    tree = Frontier()
    assert tree.root().hex() == CT_ROOTS[0]
    for leaf, root in zip(CT_LEAVES, CT_ROOTS[1:], strict=True):
        tree.append(leaf_hash(bytes.fromhex(leaf)))
        assert tree.root().hex() == root


def test_the_proofs_are_those_of_the_published_vectors() -> None:
    leaves = [leaf_hash(bytes.fromhex(leaf)) for leaf in CT_LEAVES]
    assert [node.hex() for node in inclusion_proof(leaves, 5)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [node.hex() for node in consistency_proof(leaves, 6)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 13, 33])
def test_pymerkle_gets_the_same_roots_and_accepts_the_same_trees(size: int) -> None:
    leaves, peer = leaves_of(size), peer_of(size)
    assert tree_root(leaves) == peer.get_root()
    for earlier in range(1, size + 1):
        assert tree_root(leaves[:earlier]) == peer.get_root(earlier)
        assert verify_consistency(
            first=earlier,
            first_root=peer.get_root(earlier),
            second=size,
            second_root=peer.get_root(),
            proof=consistency_proof(leaves, earlier),
        )
    for index in range(size):
        proof = inclusion_proof(leaves, index)
        assert {leaves[index], *proof} == set(peer.prove_inclusion(index + 1).path)
        assert verify_inclusion(leaf=leaves[index], index=index, size=size, proof=proof, root=peer.get_root())


@given(st.integers(1, 70), st.data())
def test_a_leaf_is_proven_only_at_its_own_place(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(leaves, index), tree_root(leaves)
    for place in range(size):
        fits = verify_inclusion(leaf=leaves[index], index=place, size=size, proof=proof, root=root)
        assert fits == (place == index)
    assert not verify_inclusion(leaf=leaf_hash(b"x"), index=index, size=size, proof=proof, root=root)
    extra = [*proof, root]
    assert not verify_inclusion(leaf=leaves[index], index=index, size=size, proof=extra, root=root)
    assert not verify_inclusion(leaf=leaves[index], index=size, size=size, proof=proof, root=root)


@given(st.integers(1, 70), st.data())
def test_a_rewritten_past_is_never_consistent(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    first = data.draw(st.integers(1, size))
    changed = data.draw(st.integers(0, first - 1))
    rewritten = [*leaves]
    rewritten[changed] = leaf_hash(b"another story")
    proof = consistency_proof(rewritten, first)
    told: dict[str, Any] = {
        "first": first,
        "second": size,
        "second_root": tree_root(rewritten),
        "proof": proof,
    }
    assert verify_consistency(first_root=tree_root(rewritten[:first]), **told)
    assert not verify_consistency(first_root=tree_root(leaves[:first]), **told)


@given(st.integers(0, 200), st.integers(0, 40))
def test_a_tree_goes_on_from_its_stored_frontier(before: int, after: int) -> None:
    leaves = leaves_of(before + after)
    tree = Frontier()
    for leaf in leaves[:before]:
        tree.append(leaf)
    later = Frontier(tree.size, tree.nodes)
    for leaf in leaves[before:]:
        later.append(leaf)
    assert later.root() == tree_root(leaves)


def test_a_frontier_that_does_not_fit_its_size_is_refused() -> None:
    with pytest.raises(ValueError, match="2 subtrees, not 1"):
        Frontier(3, [b""])


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN)
def test_canonical_json_reads_back_and_never_holds_a_line_end(value: Any) -> None:
    written = canonical(value)
    assert json.loads(written) == value
    assert canonical(json.loads(written)) == written
    assert b"\n" not in written


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical({"b": 1, "a": "ü"}) == canonical({"a": "ü", "b": 1}) == '{"a":"ü","b":1}'.encode()


def test_a_member_of_a_choice_is_written_as_its_text() -> None:
    class Colour(StrEnum):
        RED = "red"

    assert canonical({"colour": Colour.RED, Colour.RED: 1}) == b'{"colour":"red","red":1}'


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"at": NOON}, "data.at is datetime"),
        ({"items": [1, (2,)]}, r"data.items\[1\] is tuple"),
        ({1: "one"}, "a key in data is 1"),
        ({"x": float("nan")}, "data.x is nan"),
        ({"x": "\ud800"}, "half a character"),
        ({"x": {1, 2}}, "data.x is set"),
    ],
)
def test_what_is_not_plain_json_is_refused_with_its_place(value: Any, said: str) -> None:
    with pytest.raises((TypeError, ValueError), match=said):
        canonical(value)


def entry(actor: Actor, **personal: str) -> Entry:
    return entry_new(
        log=LOG,
        sequence=7,
        at=NOON,
        actor=actor,
        action="rooms.thing_changed",
        subject=("rooms.Thing", "1"),
        data={"n": 1},
        personal=personal,
    )


def test_names_of_people_are_not_in_the_leaf_but_can_be_shown_to_belong_to_it() -> None:
    written = entry(member(5, "Jana Lorenz"), name="Piet Hansen")
    assert b"Jana" not in written.leaf
    assert b"Piet" not in written.leaf
    promised = entry_read(written.leaf)["personal"]
    for text in written.clear_texts:
        assert promised[text.key] == commitment(text.salt, text.key, text.text)
    assert {text.key: text.text for text in written.clear_texts} == {
        "actor": "Jana Lorenz",
        "name": "Piet Hansen",
    }


def test_the_same_name_never_gives_the_same_commitment() -> None:
    first, second = entry(member(5, "Jana")), entry(member(5, "Jana"))
    assert entry_read(first.leaf)["personal"] != entry_read(second.leaf)["personal"]


def test_a_part_of_the_program_has_no_personal_texts() -> None:
    written = entry(System("worker"))
    assert written.clear_texts == []
    assert entry_read(written.leaf)["actor"] == {"id": "worker", "kind": "system"}
    assert entry(visitor()).clear_texts == []


def test_a_checkpoint_has_the_form_that_witnesses_read() -> None:
    by = signer()
    note = by.checkpoint(size=3, root=bytes(32), at=NOON)
    origin, size, root, time, blank, signature, end = note.split("\n")
    assert (origin, size, root) == (f"pilotwerk/{LOG}", "3", "A" * 43 + "=")
    assert time == "time 2026-11-22T12:00:00.000000Z"
    assert (blank, end) == ("", "")
    assert signature.startswith(f"— pilotwerk/{LOG} ")
    point = checkpoint_open(note.encode(), by.key, "kept.txt")
    assert (point.size, point.root) == (3, bytes(32))


def test_the_public_key_has_the_c2sp_form() -> None:
    by = signer()
    name, number, _ = str(by.key).split("+", 2)
    assert number == hashlib.sha256(name.encode() + b"\n\x01" + by.key.public).hexdigest()[:8]
    assert Key.read(str(by.key).encode()) == by.key


@given(st.data())
def test_no_byte_of_a_checkpoint_can_change_unseen(data: st.DataObject) -> None:
    by = signer()
    note = by.checkpoint(size=12, root=hashlib.sha256(b"r").digest(), at=NOON).encode()
    place = data.draw(st.integers(0, len(note) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != note[place]))
    changed = note[:place] + bytes([other]) + note[place + 1 :]
    with pytest.raises(Broken):
        checkpoint_open(changed, by.key, "changed.txt")


def test_a_checkpoint_of_another_log_or_key_is_refused() -> None:
    mine, by_stranger = signer(), signer()
    other_log = Signer(origin_of(UUID(int=1)), mine.private)
    for forger in (by_stranger, other_log):
        with pytest.raises(Broken):
            checkpoint_open(
                forger.checkpoint(size=1, root=bytes(32), at=NOON).encode(), mine.key, "forged.txt"
            )
    manifest = mine.sign("pilotwerk-export/v1\nlog x\n").encode()
    assert note_open(manifest, mine.key, "MANIFEST")
    with pytest.raises(Broken):
        checkpoint_open(manifest, mine.key, "a manifest is no checkpoint")


def test_a_note_with_an_empty_line_cannot_be_signed() -> None:
    with pytest.raises(ValueError, match="none of them empty"):
        signer().sign("a\n\nb\n")
