"""The processes of one machine: the embedded Redis pair and the supervisor behind `make run`.

Imports nothing of the application, so that a start costs no framework and settings may import it.
"""
