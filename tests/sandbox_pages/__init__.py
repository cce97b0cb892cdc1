"""Do the sandbox's pages show what a user of GitHub looks for, and let nothing hostile through?"""
