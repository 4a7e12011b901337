"""A converged twin saved and restored again and again, one restore of them killed, and each time compared."""
import json
import random
import statistics
import subprocess
import sys
import time

from measuring import measure

#: Of the restore that is killed, at most so many seconds pass before.
KILLED_WITHIN = 6


class Restores:
    """Restores of one saved twin of a site file."""

    def __init__(self, varde, file, name):
        self.varde, self.file, self.name = varde, file, name
        design = json.loads(measure([varde, "design", file, "--format", "json"]).output)
        self.nodes = [node["name"] for node in design["nodes"]]
        self.host = next(node["name"] for node in design["nodes"] if node["kind"] == "host")

    def lab(self, verb, *rest):
        return measure([self.varde, "lab", verb, self.file, *rest])

    def inside(self, host, *argv):
        return self.lab("exec", host, "--", *argv).output

    def well(self):
        """Seconds until status finds all well."""
        return measure([self.varde, "status", "--twin", self.file, "--wait", "120"]).wall

    def facts(self):
        """What must be the same after each restore: the cluster's identity and health, and all kernels' routes."""
        routes = {node: sorted(self.routes(node)) for node in self.nodes}
        return {"fsid": self.inside(self.host, "ceph", "fsid").strip(), "routes": routes}

    def routes(self, node):
        for route in json.loads(self.inside(node, "ip", "-j", "route")):
            hops = sorted(f"{hop['gateway'] if 'gateway' in hop else hop['via']['host']} {hop['dev']}" for hop in route.get("nexthops", []))
            via = route.get("via", {}).get("host", route.get("gateway", ""))
            yield f"{route['dst']} {via} {route.get('dev', '')} {' '.join(hops)}"

    def differences(self, before):
        """What is not as it was; empty: nothing."""
        now = self.facts()
        found = [key for key in before if before[key] != now[key]]
        if "routes" in found:
            found += [f"{node}: {set(now['routes'][node]) ^ set(before['routes'][node])}"
                      for node in self.nodes if now["routes"][node] != before["routes"][node]]
        health = self.inside(self.host, "ceph", "health").strip()
        if health != "HEALTH_OK":
            found.append(health)
        plan = measure([self.varde, "plan", "--twin", self.file], ok=(0, 1, 3))
        if "nothing to do" not in plan.output:
            found.append(plan.output)
        return found

    def kill_one(self):
        """Begins a restore and kills it at a random moment; says after how many seconds."""
        moment = random.uniform(0, KILLED_WITHIN)
        process = subprocess.Popen(
            [self.varde, "lab", "restore", self.file, self.name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return moment


def run(varde, file, name, runs):
    """Takes a twin that is up and converged, saves it, and restores it; the twin is up at the end.

    Returns (seconds of the save, [seconds of each restore], [seconds until all is well], [differences])."""
    twin = Restores(varde, file, name)
    before = twin.facts()
    save = twin.lab("save", name, "--replace").wall
    restores, wells, wrong = [], [], []
    killed = random.randrange(runs)
    for number in range(runs):
        if number == killed:
            moment = twin.kill_one()
            print(f"a restore is killed after {moment:.1f} s", file=sys.stderr)
        # One that had ended before it was killed is a whole twin.
        status = subprocess.run([varde, "lab", "restore", file, name], capture_output=True, text=True) if number == killed else None
        start = time.monotonic()
        if status is None:
            restores.append(twin.lab("restore", name).wall)
        elif status.returncode != 0 and "has a twin here" not in status.stderr:
            sys.exit(f"a killed restore is not finished: {status.stderr}")
        well = twin.well()
        if status is None:
            wells.append(time.monotonic() - start)
        found = twin.differences(before)
        wrong += [f"restore {number}: {each}" for each in found]
        print(f"restore {number}: {restores[-1] if restores else 0:.1f} s, well after {well:.1f} s more, {found or 'as it was'}", file=sys.stderr)
        if number < runs - 1:
            twin.lab("down")
    return save, restores, wells, wrong


def table(up, apply, save, restores, wells, wrong):
    return [
        "| | seconds |",
        "| --- | --- |",
        f"| `lab up` and `apply`, as measured before the save | {up + apply:.1f} |",
        f"| `lab save`: engines and hosts end in order | {save:.1f} |",
        f"| `lab restore`: every sshd answers (goal: under 15) | {statistics.median(restores):.1f} |",
        f"| `lab restore` and `status --wait`: all is well (goal: under 30) | {statistics.median(wells):.1f} |",
        "",
        f"Slowest restore {max(restores):.1f} s, slowest until all is well {max(wells):.1f} s, of {len(restores)};"
        " one more was killed at a random moment and finished. After each: an empty plan, the same fsid, HEALTH_OK and the"
        f" same routes in all kernels: {'yes' if not wrong else '; '.join(wrong)}.",
    ]
