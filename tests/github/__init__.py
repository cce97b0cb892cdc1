"""Does the GitHub room read what is there, and write each thing exactly once?"""
