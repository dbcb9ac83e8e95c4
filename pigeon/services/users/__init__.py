"""People as others see them: `users` reads cards and profiles.

`checks` says what a profile may hold. `avatars` is what becomes of a picture that somebody sends
of themselves, `avatar_sizes` makes the small ones that earlier releases did not; `withdrawals`
removes what a person who leaves has left behind.
"""
