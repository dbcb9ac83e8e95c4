"""Accounts: how people sign up, log in, and change what they log in with.

* An account is made by `signups` (the form) and `links` (the mailed link that confirms it), by
  `oidc` (another site vouches for the person), or with an invitation (`invites`). `checks` says
  what names, addresses and passwords are allowed, and inserts the row.
* `logins` checks a password, `sessions` remembers who is logged in, and `devices` recognizes a
  browser that logged in before.
* `passwords` hashes and judges passwords, `recovery` replaces a forgotten one, and `changes`
  changes password and address, or ends the account.
* `tokens` makes the secrets in mailed links. `security_log` records what was done to an account.
  `addresses` respells stored e-mail addresses in the form that is used today.
"""
