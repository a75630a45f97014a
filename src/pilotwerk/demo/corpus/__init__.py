"""The sample company's correspondence: fictional requests and answers, composed from hand-written pieces.

Pure: no Django models, no network. The same seed and the same days give the same texts, byte for byte.
"""
