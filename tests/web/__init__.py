"""Is what comes in over HTTP stored, refused or shown as it must be?"""
