"""Do the readers of eval artifacts say what is in them, one format at a time?"""
