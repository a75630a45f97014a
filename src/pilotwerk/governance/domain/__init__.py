"""Law as data: conditions, rules and a deterministic classification. No language model is asked."""
