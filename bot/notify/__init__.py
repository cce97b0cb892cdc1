"""EDGE. Reminders out: e-mail, Slack, webhooks, the issues of the forge, calendar feeds."""
