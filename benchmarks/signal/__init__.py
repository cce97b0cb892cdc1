"""How often is the behavior signal right? Labelled sets, made and public, and what the signal says of each."""
