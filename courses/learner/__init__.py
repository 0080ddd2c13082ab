"""What runs inside a learner's own server: nbgrader's exchange plugin and the notebook's hand-in button.

It is the only part of `courses` that her sandbox can see, and imports nothing above the ground floor.
"""
