"""Where learners' code runs: the sandbox, and the Hub's spawner that starts their servers in it."""
