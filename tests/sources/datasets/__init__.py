"""Are data sets read as they are?"""
