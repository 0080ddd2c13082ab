"""The server of the public dashboards: `python -m widgets.server` is a Voila that hands out pages drawn ahead."""
