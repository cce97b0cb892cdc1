"""PURE. Does an eval exist, and does prompt + retrieval fail it?"""
