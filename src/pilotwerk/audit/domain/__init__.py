"""The audit trail's rules: canonical form, Merkle tree, commitments, checkpoints. Pure."""
