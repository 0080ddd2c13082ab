"""What the platform does when something happens, on one page: event → handlers.

Each handler runs once its event is in the log, in a transaction of its own, until it succeeds. Handlers write to the
database only; what goes to the forum waits in the bridge's outbox.
"""

import courses.grading.service as grading
import expert_db.handlers as experts
import forum_bridge.handlers as forum
from expert_db.dispatch import Flows
from hub_config.services import Services

FLOWS: Flows[Services] = {
    # Somebody may have a mentor now who had to wait.
    "approved": [experts.on_room],
    "described": [experts.on_room],
    "declined": [experts.on_room],
    "withdrawn": [experts.on_room],
    "ended": [experts.on_room],
    # A learner's work.
    "submitted": [grading.on_submitted],
    # A question: its subject gets a topic of its own, and the learner a mentor if she wants one.
    "asked": [forum.on_asked, experts.on_asked],
    # A course and a mentorship have their topic as soon as they are there.
    "released": [forum.on_released],
    "matched": [forum.on_matched],
    # What the forum said becomes posts, answers and solutions.
    "forum_heard": [forum.on_forum_heard],
}
