"""Wall and CPU time of commands, and tables of their medians."""
import pathlib
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass


@dataclass
class Run:
    """One command: seconds of the wall clock, CPU seconds of it and its children, and of the hosts that it talked to."""

    wall: float
    cpu: float
    output: str
    error: str
    hosts_cpu: float = 0.0
    #: MiB of its largest process, where that was asked for.
    peak: float = 0.0


def measure(argv, ok=(0,), **options):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    done = subprocess.run(argv, capture_output=True, text=True, **options)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in ok:
        sys.exit(f"{' '.join(argv)}: exit code {done.returncode}\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(wall, cpu, done.stdout, done.stderr)


def median(runs, figure):
    return statistics.median(getattr(run, figure) for run in runs)


def in_turn(commands, runs):
    """Runs all commands one after the other, several times: {name: [Run]}. Whatever else the machine does meets all."""
    taken = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            taken[name].append(command())
            print(f"{name}: {taken[name][-1].wall:.2f} s, CPU {taken[name][-1].cpu:.2f} s", file=sys.stderr)
    return taken


def compare(taken, ours, figures=("wall", "cpu")):
    """A Markdown table: medians, and how many times ours each is."""
    titles = {"wall": "wall s", "cpu": "CPU s", "hosts_cpu": "CPU s on the hosts", "peak": "largest process MiB"}
    head = "| | " + " | ".join(f"{titles[f]} | ratio" for f in figures) + " | runs |"
    lines = [head, "| --- |" + " --- | --- |" * len(figures) + " --- |"]
    for name, runs in taken.items():
        cells = []
        for figure in figures:
            value, base = median(runs, figure), median(taken[ours], figure)
            cells.append(f"{value:.2f} | {value / base:.2f}" if base > 0 else f"{value:.2f} | –")
        lines.append(f"| {name} | " + " | ".join(cells) + f" | {len(runs)} |")
    return lines


class HostsClock:
    """CPU seconds that a twin's hosts have used, from their control group (version 1 or 2)."""

    def __init__(self, site):
        old = pathlib.Path(f"/sys/fs/cgroup/cpuacct/varde/{site}/cpuacct.usage")
        self.path = old if old.exists() else pathlib.Path(f"/sys/fs/cgroup/varde/{site}/cpu.stat")
        start, moment = self.seconds(), time.monotonic()
        time.sleep(5)
        self.idle = (self.seconds() - start) / (time.monotonic() - moment)

    def seconds(self):
        text = self.path.read_text()
        return int(text) / 1e9 if text.strip().isdigit() else int(text.split("usage_usec ")[1].split()[0]) / 1e6

    def around(self, command):
        """Runs a command; what the hosts would have used without it is taken off."""
        start = self.seconds()
        run = command()
        run.hosts_cpu = max(0.0, self.seconds() - start - self.idle * run.wall)
        return run
