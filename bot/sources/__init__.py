"""EDGE. What does the linked evidence say? Readers of eval artifacts, data sets and files; what cannot be read is a fact too."""
