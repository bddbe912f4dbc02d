"""Runs a program as a process of its own: wall clock, processor time, peak memory."""

import dataclasses
import os
import subprocess
import tempfile
import time


@dataclasses.dataclass
class Run:
    seconds: float
    processor_seconds: float
    peak_megabytes: float
    output: str
    messages: str


class Failed(Exception):
    pass


def run(command, keep_output=True, feed=None):
    """Runs `command` to its end. Output goes to a file, or nowhere; a status other than 0 is an error.

    `feed`, when given, writes to the stream it is called with what the program reads on standard input.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as messages:
        start = time.perf_counter()
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
            stdout=output if keep_output else subprocess.DEVNULL, stderr=messages)
        if feed:
            try:
                with child.stdin:
                    feed(child.stdin)
            except BrokenPipeError:
                pass  # The program ended early; its status and messages say why.
        # Not Popen.wait: only wait4 gives the usage of this one child.
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        messages.seek(0)
        text, said = output.read().decode(), messages.read().decode(errors="replace")
    if child.returncode != 0:
        raise Failed(f"{' '.join(command)} ended with status {child.returncode}:\n{said[-4000:]}")
    # Linux counts the peak in kibibytes. A child's peak is never below what this process held when it was started.
    peak = usage.ru_maxrss * 1024 / 1e6
    return Run(seconds, usage.ru_utime + usage.ru_stime, peak, text, said)
