"""Is everything that happens after the merge decided as it is written down?"""
