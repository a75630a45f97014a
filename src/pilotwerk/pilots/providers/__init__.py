"""What proposes: one folder a provider. Only the embedded one is built; it needs no key and no network."""
