"""PURE. The heart: a proposal, a policy and evidence go in; findings and a verdict come out."""
