"""EDGE. What is remembered, and where? The only room that imports sqlalchemy, and the keeper of the local PostgreSQL."""
