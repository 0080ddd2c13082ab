"""`python -m courses.learner`, which runs a member's own server: JupyterHub's, once our packages had the first word."""

from jupyterhub.singleuser import main

main()
