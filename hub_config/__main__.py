"""`python -m hub_config`, which runs the Hub: JupyterHub itself, once our packages have had the first word."""

from conventions import logs


def main() -> None:
    """Serve until SIGTERM."""
    logs.begin()
    # Only now, so that the log has what these libraries warn of.
    from jupyterhub.app import JupyterHub  # noqa: PLC0415
    from traitlets.config import Config  # noqa: PLC0415

    # Here and not in its configuration file, whose own mistakes are logged, too.
    JupyterHub.instance(config=Config({"JupyterHub": {"logging_config": logs.of_application()}}))
    JupyterHub.launch_instance()


if __name__ == "__main__":
    main()
