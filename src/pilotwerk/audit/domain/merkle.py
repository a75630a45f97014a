"""Proofs over the Merkle tree of RFC 9162, section 2.1. Its hashes and its growth live in the verifier.

A proof is a list of hashes. Leaves are counted from 0. All functions take leaf hashes, not entries.
"""

from __future__ import annotations

from collections.abc import Sequence

from pilotwerk.audit.verifier.verify import Frontier, leaf_hash, node_hash

__all__ = [
    "Frontier",
    "consistency_proof",
    "frontier_read",
    "frontier_write",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "tree_root",
    "verify_consistency",
    "verify_inclusion",
]


HASH_BYTES = 32


def frontier_write(tree: Frontier) -> bytes:
    """The tree's subtrees as bytes for storing: 32 for each."""
    return b"".join(tree.nodes)


def frontier_read(size: int, stored: bytes | memoryview) -> Frontier:
    """The tree of `size` leaves from what `frontier_write` gave."""
    raw = bytes(stored)
    return Frontier(size, [raw[i : i + HASH_BYTES] for i in range(0, len(raw), HASH_BYTES)])


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """The root over all leaf hashes; that of no leaves is the SHA-256 of nothing (section 2.1.1)."""
    tree = Frontier()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def _split(size: int) -> int:
    """The largest power of two below `size` (which is at least 2): so many leaves go to the left."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """What leads from leaf `index` to the root (section 2.1.3.1). IndexError for a leaf outside the tree."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"a tree of {len(leaves)} leaves has no leaf {index}")
    proof: list[bytes] = []
    while len(leaves) > 1:
        middle = _split(len(leaves))
        left, right = leaves[:middle], leaves[middle:]
        if index < middle:
            proof.append(tree_root(right))
            leaves = left
        else:
            proof.append(tree_root(left))
            leaves, index = right, index - middle
    return proof[::-1]


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof leads from the leaf at `index` to the root of `size` leaves (section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, current = leaf, size - 1, index
    for sibling in proof:
        if last == 0:
            return False
        if current & 1 or current == last:
            node = node_hash(sibling, node)
            while not current & 1 and current:
                current, last = current >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        current, last = current >> 1, last >> 1
    return last == 0 and node == root


def consistency_proof(leaves: Sequence[bytes], first: int) -> list[bytes]:
    """That the tree over all leaves only appended to the one over the `first` ones (section 2.1.4.1).

    ValueError unless 0 < first <= number of leaves. Empty when both trees are the same.
    """
    if not 0 < first <= len(leaves):
        raise ValueError(f"no proof from {first} to {len(leaves)} leaves")
    proof: list[bytes] = []
    whole = True  # the old tree is, so far, a whole subtree on the path
    while first != len(leaves):
        middle = _split(len(leaves))
        left, right = leaves[:middle], leaves[middle:]
        if first <= middle:
            proof.append(tree_root(right))
            leaves = left
        else:
            proof.append(tree_root(left))
            leaves, first, whole = right, first - middle, False
    if not whole:
        proof.append(tree_root(leaves))
    return proof[::-1]


def verify_consistency(
    *, first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the proof shows that `second` leaves begin with the `first` ones (section 2.1.4.2)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    if not proof:
        return False
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    current, last = first - 1, second - 1
    while current & 1:
        current, last = current >> 1, last >> 1
    old = new = path[0]
    for node in path[1:]:
        if last == 0:
            return False
        if current & 1 or current == last:
            old, new = node_hash(node, old), node_hash(node, new)
            while not current & 1 and current:
                current, last = current >> 1, last >> 1
        else:
            new = node_hash(new, node)
        current, last = current >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root
