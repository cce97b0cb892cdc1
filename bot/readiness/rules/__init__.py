"""PURE. What does an organisation ask beside our checks? Its own rules: expressions over proposal, facts and findings.

`variables` says what an expression may look at, `language` compiles and evaluates one, `asking` turns answers into findings.
"""
