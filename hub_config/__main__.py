"""`python -m hub_config`, which runs the Hub: JupyterHub itself, once our packages have had the first word."""

from jupyterhub.app import main

main()
