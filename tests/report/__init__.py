"""Does a verdict read well, whoever reads it?"""
