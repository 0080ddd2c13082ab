"""`python -m courses.learner`, which runs a member's own server."""

from courses.learner.app import main

main()
