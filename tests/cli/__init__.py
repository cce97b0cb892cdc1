"""Does the command line answer as its users expect: words, exit codes, standard output and standard error?"""
