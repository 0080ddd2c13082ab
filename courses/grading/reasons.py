"""Why a question has the score it has, as sentences for the learner that say what to do next."""

from conventions.texts import N_

REASONS: dict[str, str] = {
    "": "",
    "failed-test": N_("A test did not pass. Look at what the question asks for and try again."),
    "error": N_("Your code stopped with an error ({detail}). Run the notebook from the top and put it right."),
    "no-answer": N_("There is no answer yet."),
    "timeout": N_("Your code ran too long and was stopped. Look for a loop that does not end."),
    "flood": N_("Your code printed too much and was stopped. Print less."),
    "died": N_("Your code ended the program it runs in, so nothing after it could be tried. Remove what ends it."),
    "not-run": N_("An earlier cell ended the program or used up the time, so this question could not be tried."),
    "forged": N_("The tests did not run as they should, so a person will look at this question."),
    "needs-person": N_("A person will read your answer."),
}
