"""PURE. Are there enough good examples in the production format?"""
