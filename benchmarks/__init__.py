"""How fast is it, beside a yardstick in the same run? One command a question; see README.md."""
