"""Accounts: who may come in, and what happens to what they prove it with.

`signups` and `links` make accounts, `oidc` by a provider, `invites` by a link of the operator.
`logins`, `sessions` and `devices` let people in; `passwords`, `recovery` and `changes` change what
they come in with; `tokens` are what mailed links carry; `checks` says what a person may be made
of. `security_log` keeps what happened. `addresses` brings old spellings along.
"""
