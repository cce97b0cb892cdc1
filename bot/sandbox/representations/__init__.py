"""How does GitHub describe its things in JSON? One file for each kind; the API answers with these, the webhooks too."""
