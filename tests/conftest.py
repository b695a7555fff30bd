"""What tests of commands share."""

import os
import signal
import subprocess

import pytest


@pytest.fixture
def begin():
    """Start commands, each in a process group of its own; none outlives the test."""
    begun = []

    def begin(*command, **settings):
        # A shell that runs tests in the background makes them, and what they start, deaf to
        # Ctrl-C: a signal that is ignored stays so in a child, one with a handler does not.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        begun.append(subprocess.Popen(command, text=True, start_new_session=True, **settings))
        signal.signal(signal.SIGINT, before)
        return begun[-1]

    yield begin
    for process in begun:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
