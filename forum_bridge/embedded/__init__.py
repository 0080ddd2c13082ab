"""The embedded forum: a small HTTP service that speaks the part of Discourse's contract which the bridge uses.

It listens on 127.0.0.1 only, keeps its own database in `forum.sqlite`, and is held to the same contract tests as
the real engine that takes its place in production.
"""
