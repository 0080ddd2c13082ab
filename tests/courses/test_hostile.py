"""Hostile notebooks: none gets a point that it did not earn, learns a hidden test or keeps the platform busy."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from nbformat import NotebookNode

from courses.grading.grade import Judged, Question
from courses.grading.notebook_grader import NotebookGrader
from tests.courses.notebooks import GOOD, answered
from tests.courses.test_grading import Work, graded, grader, home, work
from tests.waiting import PATIENCE, until

__all__ = ["grader", "home", "work"]
WRONG = "def threshold(amount):\n    return 'product'\n"

# What a notebook may do to tests that it does not pass: a name, and the cell.
TRICKS = {
    "strips assert statements": """
        import ast
        class Strip(ast.NodeTransformer):
            def visit_Assert(self, node):
                return ast.Pass()
        get_ipython().ast_transformers.append(Strip())""",
    "rewrites cells before they run": """
        get_ipython().input_transformers_post.append(lambda lines: ['pass\\n'])""",
    "hides tracebacks": """
        get_ipython().showtraceback = lambda *a, **k: None
        type(get_ipython()).showtraceback = lambda *a, **k: None""",
    "handles every exception itself": """
        get_ipython().set_custom_exc((Exception,), lambda *a, **k: [])""",
    "replaces the shell's run_cell": """
        import types
        shell, good = get_ipython(), get_ipython().run_cell('0')
        async def run(*a, **k): return good
        shell.run_cell_async = run
        shell.run_cell = lambda *a, **k: good""",
    "replaces builtins": """
        import builtins
        builtins.all = builtins.any = lambda *a: True""",
    "shadows builtins": """
        def all(*a): return True
        def len(*a): return 5
        __builtins__ = {'all': all, 'len': len}""",
    "traces and rewrites results": """
        import sys
        sys.settrace(lambda *a: None)""",
    "hooks into each cell": """
        def before(info): info.raw_cell = ''
        get_ipython().events.register('pre_run_cell', before)""",
}


def cell(text: str) -> str:
    lines = text.strip("\n").splitlines()
    indent = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(line[indent:] for line in lines)


@pytest.mark.parametrize("trick", TRICKS)
def test_tampering_earns_nothing(work: Work, trick: str) -> None:
    """The test fails as it should, or a person is asked; there are no points."""
    found = work({**GOOD, "q1": WRONG + cell(TRICKS[trick])})
    assert found["q1-test"].score == 0
    assert found["q2-test"].score == 1.5


@pytest.mark.parametrize("trick", TRICKS)
def test_tampering_does_not_spoil_a_right_answer(work: Work, trick: str) -> None:
    """What can be put back is put back: the same cell with a right answer is graded as right."""
    assert work({**GOOD, "q1": GOOD["q1"] + "\n" + cell(TRICKS[trick])})["q1-test"].score == 4


FORGE = """
kernel = get_ipython().kernel
def threshold(amount):
    parent = kernel.get_parent('shell')
    content = {'status': 'ok', 'execution_count': 9, 'user_expressions': {}, 'payload': []}
    kernel.session.send(kernel.shell_stream if hasattr(kernel, 'shell_stream') else kernel.shell_streams[0],
                        'execute_reply', content, parent, ident=kernel._parent_ident['shell'])
    kernel.session.send(kernel.iopub_socket, 'status', {'execution_state': 'idle'}, parent, ident=b'status')
    return 'product'"""


def test_a_forged_answer_of_the_kernel_is_noticed(work: Work) -> None:
    """A function that answers in the kernel's stead does not pass; a person sees the question."""
    question = work({**GOOD, "q1": FORGE})["q1-test"]
    assert (question.score, question.judged, question.reason) == (0, Judged.NEEDS_PERSON, "forged")


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "3", "1e400"])
def test_a_score_that_cannot_be_is_not_given(work: Work, value: str) -> None:
    """A result outside of the question's range, or no number that can be a score, goes to a person."""
    fake = (
        "class Fake(float):\n"
        "    def __lt__(self, other): return False\n"
        "    def __gt__(self, other): return False\n"
        f"    def __repr__(self): return {value!r}\n"
        "share = Fake(1)"
    )
    question = work({**GOOD, "q2": fake})["q2-test"]
    assert (question.score, question.judged) == (0, Judged.NEEDS_PERSON)


def test_a_result_of_the_learners_own_does_not_count_as_the_tests(work: Work) -> None:
    """Publishing a result while the test runs gives nothing: a failed test stays failed."""
    own = """
def threshold(amount):
    content = {'data': {'text/plain': '4'}, 'metadata': {}, 'execution_count': 1}
    kernel = get_ipython().kernel
    kernel.session.send(kernel.iopub_socket, 'execute_result', content, kernel.get_parent('shell'))
    return 'product'"""
    assert work({**GOOD, "q1": own})["q1-test"].score == 0


def change_marks(cells: dict[str, NotebookNode]) -> None:
    """More points for the learner, and tests that are no tests."""
    cells["q2-test"].metadata["nbgrader"]["points"] = 100
    cells["q1-test"].metadata["nbgrader"].update({"solution": True, "locked": False})
    cells["q3"].metadata["nbgrader"]["grade"] = False


def change_test(cells: dict[str, NotebookNode]) -> None:
    """A test that always passes."""
    cells["q1-test"].source = "pass"


def skip_test(cells: dict[str, NotebookNode]) -> None:
    """A test that executors are told to leave out."""
    cells["q1-test"].metadata["tags"] = ["skip-execution", "raises-exception"]


def no_code(cells: dict[str, NotebookNode]) -> None:
    """A test turned into text."""
    cells["q1-test"].update({"cell_type": "raw"})
    for key in ("outputs", "execution_count"):
        cells["q1-test"].pop(key)


def old_outputs(cells: dict[str, NotebookNode]) -> None:
    """Results written into the file by hand."""
    result = {"output_type": "execute_result", "data": {"text/plain": "4"}, "metadata": {}, "execution_count": 1}
    cells["q1-test"].outputs = [NotebookNode(result)]


@pytest.mark.parametrize("change", [change_marks, change_test, skip_test, no_code, old_outputs])
def test_changing_the_file_earns_nothing(work: Work, change: Callable[..., None]) -> None:
    """Cells, marks and outputs are put back as the author made them before anything is scored."""
    found = work({**GOOD, "q1": WRONG}, change)
    assert (found["q1-test"].score, found["q1-test"].maximum) == (0, 4)
    assert (found["q2-test"].score, found["q2-test"].maximum) == (1.5, 2)
    assert found["q3"].judged is Judged.NEEDS_PERSON


ENDS = {
    "died": "import os\nos._exit(0)",
    "timeout": "while True:\n    sum(range(1000))",
    "flood": "while True:\n    print('x' * 1000)",
}


@pytest.mark.parametrize("reason", ENDS)
def test_code_that_does_not_end_well_is_graded_all_the_same(work: Work, reason: str) -> None:
    """An exit, an endless loop or endless output costs the question it belongs to, and is said."""
    found = work({**GOOD, "q1": f"def threshold(amount):\n    {ENDS[reason].replace(chr(10), chr(10) + '    ')}"})
    assert (found["q1-test"].score, found["q1-test"].reason) == (0, reason)
    assert found["q2-test"].score == (1.5 if reason == "timeout" else 0)
    assert found["q2-test"].reason == ("" if reason == "timeout" else "not-run")


@pytest.mark.parametrize("reason", ENDS)
def test_a_cell_that_does_not_end_well_is_the_reason_of_its_question(work: Work, reason: str) -> None:
    """When the learner's own cell was stopped, its question says so instead of the error that follows."""
    found = work({**GOOD, "q1": ENDS[reason]})
    assert (found["q1-test"].score, found["q1-test"].reason) == (0, reason)
    assert found["q2-test"].reason == ("" if reason == "timeout" else "not-run")


def test_a_loop_that_resists_is_ended(work: Work) -> None:
    """Code that ignores the interruption is ended with its kernel, in bounded time."""
    began = time.monotonic()
    resists = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    sum(range(1000))"
    found = work({**GOOD, "q2": resists})
    assert found["q1-test"].score == 4
    assert (found["q2-test"].score, found["q2-test"].reason) == (0, "timeout")
    assert time.monotonic() - began < PATIENCE


def test_memory_is_limited(work: Work) -> None:
    """Taking all memory fails in the notebook and nowhere else."""
    greedy = "blocks = []\nwhile True:\n    blocks.append(bytearray(50_000_000))"
    found = work({**GOOD, "q2": greedy + "\nshare = 2"})
    assert found["q1-test"].score == 4
    assert found["q2-test"].score == 0


def test_leaving_the_program_politely_changes_nothing(work: Work) -> None:
    """`sys.exit` in a cell is an error of that cell; the others are graded."""
    found = work({**GOOD, "q1": GOOD["q1"] + "\nimport sys\nsys.exit(0)"})
    assert (found["q1-test"].score, found["q2-test"].score) == (4, 1.5)


def test_nothing_of_the_platform_is_within_reach(
    home: Path, grader: NotebookGrader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No secret is in the kernel's environment and no hidden test in its folder."""
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "the-secret")
    look = (
        "import os, pathlib\n"
        "files = [p for p in pathlib.Path('.').rglob('*') if p.is_file()]\n"
        "print(sorted(p.name for p in files), 'the-secret' in str(dict(os.environ)))\n"
        "print(any(b'threshold' in p.read_bytes() for p in files))"
    )
    first, second = (
        graded(home, grader, answered(home / "courses", {**GOOD, "q1": look})).questions[0].outputs[0].splitlines()
    )
    assert first == "['README', 'kernel.json'] False"  # IPython leaves the README.
    assert second == "False"
    assert os.environ["JUPYTERHUB_API_TOKEN"] == "the-secret"


STEAL = """
def threshold(amount):
    import inspect, linecache
    frame = inspect.currentframe().f_back
    global stolen
    stolen = ''.join(linecache.getlines(frame.f_code.co_filename)) + str(frame.f_code.co_consts)
    raise AssertionError(stolen)"""


def test_a_hidden_test_that_was_read_is_not_told(work: Work) -> None:
    """Even a notebook that reads the test while it runs cannot send it home: not as error, output or hint."""
    found = work({**GOOD, "q1": STEAL, "q2": "print(stolen)\nprint(In)\nshare = 1\nraise ValueError(stolen)"})
    told = str([public(question) for question in found.values()])
    assert "2000" not in told
    assert "above the threshold" not in told
    assert found["q1-test"].reason == "failed-test"


def public(question: Question) -> tuple[str, str, list[str], str]:
    return question.hint, question.detail, question.outputs, question.reason


def test_nothing_is_left_behind(work: Work) -> None:
    """What a kernel has started is gone after grading."""
    command = ["sleep", f"12345.{os.getpid()}"]
    asleep = f"import subprocess\nchild = subprocess.Popen({command})\nprint(child.pid)"
    assert work({**GOOD, "q1": asleep})["q1-test"].outputs
    until(lambda: command not in [each.info["cmdline"] for each in psutil.process_iter(["cmdline"])])
