"""Accounts: log-in, sign-up, mailed links, recovery, OpenID Connect, oneself."""
