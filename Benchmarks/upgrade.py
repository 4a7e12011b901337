"""A rolling upgrade of Ceph's OSDs three ways, from the same state of the same twin, with a writer and reader at work."""
import json
import re
import signal
import subprocess
import sys
import threading
import time

from writer import Writer

#: Sends commands to the monitors, one JSON line each, from a host that has the administrator's key.
ASK = """
import json, rados, sys
cluster = rados.Rados(conffile="/etc/ceph/ceph.conf", name="client.admin")
cluster.connect()
for line in sys.stdin:
    status, output, words = cluster.mon_command(line, b"")
    print(json.dumps([status, output.decode(), words]), flush=True)
"""

#: As cephadm asks for (`_wait_for_ok_to_stop`).
MOST_TOGETHER = 16


class Cluster:
    """A twin's cluster, asked without the start of a `ceph` each time."""

    def __init__(self, varde, site, host):
        self.varde, self.site = varde, site
        self.process = subprocess.Popen(
            [varde, "lab", "exec", site, host, "--", "python3", "-c", ASK],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, prefix, **arguments):
        self.process.stdin.write(json.dumps({"prefix": prefix, "format": "json", **arguments}) + "\n")
        self.process.stdin.flush()
        status, output, words = json.loads(self.process.stdout.readline())
        return status, json.loads(output) if output.strip()[:1] in ("{", "[") else output, words

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    def restart(self, host, osd):
        command = ["lab", "exec", self.site, host, "--", "systemctl", "restart", f"ceph-osd@{osd}"]
        subprocess.run([self.varde, *command], check=True)

    def hosts(self):
        return {osd["id"]: osd["hostname"] for osd in self.ask("osd metadata")[1]}

    def came_up(self):
        return {osd["osd"]: osd["up_from"] for osd in self.ask("osd dump")[1]["osds"] if osd["up"]}

    def inactive(self):
        """How many placement groups do not take I/O, as the managers know it."""
        groups = self.ask("status")[1]["pgmap"]
        return round(groups.get("inactive_pgs_ratio", 0) * groups["num_pgs"])

    def is_clean(self):
        groups = self.ask("status")[1]["pgmap"]
        states = {state["state_name"].split("+scrubbing")[0] for state in groups["pgs_by_state"]}
        return states == {"active+clean"}


def until(what, seconds=300):
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            sys.exit("the upgrade does not get on")
        time.sleep(0.2)


def one_at_a_time(cluster):
    """What a careful hand does: the next one when the last one is up and every placement group is active and clean."""
    cluster.ask("osd set", key="noout")
    for osd, host in sorted(cluster.hosts().items()):
        before = cluster.came_up()[osd]
        cluster.restart(host, osd)
        until(lambda: cluster.came_up().get(osd, before) > before)
        # The managers hear of it with the OSD's next report only.
        time.sleep(6)
        until(cluster.is_clean)
    finish(cluster)


def as_cephadm(cluster):
    """As many as `osd ok-to-stop --max` allows, one after the other, without a look in between; it is asked again five
    times a second, cephadm waits 15 s."""
    cluster.ask("osd set", key="noout")
    hosts = cluster.hosts()
    left = sorted(hosts)
    while left:
        answer = {}

        def may_stop():
            nonlocal answer
            status, answer, _ = cluster.ask("osd ok-to-stop", ids=[str(left[0])], max=MOST_TOGETHER)
            return status == 0 and answer["ok_to_stop"]

        until(may_stop)
        for osd in [osd for osd in answer["osds"] if osd in left]:
            cluster.restart(hosts[osd], osd)
            left.remove(osd)
    until(lambda: set(cluster.ask("versions")[1]["osd"]) == set(cluster.ask("versions")[1]["mon"]))
    until(cluster.is_clean)
    finish(cluster)


def finish(cluster):
    cluster.ask("osd require-osd-release", release="reef")
    cluster.ask("osd unset", key="noout")


class Watch:
    """Counts inactive placement groups until it is stopped: their most, and seconds times groups."""

    def __init__(self, cluster):
        self.cluster, self.most, self.sum, self.stopped = cluster, 0, 0.0, threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        last = time.monotonic()
        while not self.stopped.wait(0.1):
            count, now = self.cluster.inactive(), time.monotonic()
            self.most, self.sum, last = max(self.most, count), self.sum + count * (now - last), now

    def stop(self):
        self.stopped.set()
        self.thread.join()
        self.cluster.close()


def command(varde, site, *options):
    return [varde, "upgrade", "ceph", site, "--to", "18.2", "--twin", *options]


def upgrade_to_the_managers(varde, site):
    """Packages, monitors and managers, the same for all three; paused, as by Ctrl-C, when the last manager is done."""
    upgrade = subprocess.Popen(command(varde, site, "--yes"), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    managers, said = 0, []
    try:
        for line in upgrade.stderr:
            said.append(line)
            managers += bool(re.search(r" ok +\S+/mgr ", line))
            if managers == 2:
                upgrade.send_signal(signal.SIGINT)
                managers = 3
    finally:
        # Whoever interrupts the bench leaves no upgrade behind.
        if managers < 3:
            upgrade.kill()
    if upgrade.wait() != 130:
        sys.exit("the upgrade did not stop:\n" + "".join(said[-20:]))


def by_varde(varde, site):
    done = subprocess.run(command(varde, site, "--yes"), capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{done.stderr[-3000:]}")
    return done.stderr


def waves(said):
    """Which OSDs' steps ended together, from the lines of a run: those that are less than their own length apart."""
    ends = [(float(at), step, float(length)) for at, step, length in re.findall(
        r"(?m)^ *([\d.]+) +ok +(\S+/osd\.\d+) +([\d.]+) s", said)]
    found = []
    for at, step, length in sorted(ends):
        begin = at - length
        if found and begin < found[-1][1]:
            found[-1][0].append(step)
            found[-1][1] = max(found[-1][1], at)
        else:
            found.append([[step], at])
    return [steps for steps, _ in found]


def whole(report):
    if report["wrong_blocks"]:
        sys.exit(f"the upgrade has cost data: {report}")
    return report


def measure(way, varde, site, script):
    """One upgrade of a fresh twin: figures of the part that all share, and of the OSDs' part."""
    writer = Writer(varde, site, "c3", script)
    begin = time.monotonic()
    upgrade_to_the_managers(varde, site)
    shared = time.monotonic() - begin
    # The module that Varde takes out, now: it makes the managers begin anew, which the OSDs have no part in.
    cluster = Cluster(varde, site, "a1")
    manager = cluster.ask("mgr dump")[1]["active_gid"]
    cluster.ask("mgr module disable", module="restful")
    until(lambda: cluster.ask("mgr dump")[1]["active_gid"] not in (0, manager) and cluster.is_clean())
    cluster.close()
    before = whole(writer.stop())
    writer = Writer(varde, site, "c3", script)
    watch = Watch(Cluster(varde, site, "b1"))
    begin = time.monotonic()
    said = ""
    if way == "varde":
        said = by_varde(varde, site)
    else:
        cluster = Cluster(varde, site, "a1")
        {"one OSD at a time": one_at_a_time, "as cephadm": as_cephadm}[way](cluster)
        cluster.close()
    seconds = time.monotonic() - begin
    watch.stop()
    after = whole(writer.stop())
    plan = subprocess.run(command(varde, site, "--dry-run"), capture_output=True, text=True)
    return {
        "shared": shared, "shared_stall": before["longest_stall_s"], "seconds": seconds, "most": watch.most,
        "inactive": watch.sum, "stall": after["longest_stall_s"], "wrong": before["wrong_blocks"] + after["wrong_blocks"],
        "operations": sum(report[kind] for report in (before, after) for kind in ("writes", "reads")),
        "waves": waves(said), "rest": plan.stdout.strip().splitlines()[-1] if plan.stdout.strip() else plan.stderr.strip(),
    }


def table(results):
    lines = [
        "| | s for the OSDs | longest stall of the writer, s | inactive groups, most | s × groups | wrong blocks, all the time |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for way, found in results.items():
        lines.append(
            f"| {way} | {found['seconds']:.1f} | {found['stall']:.2f} | {found['most']} | {found['inactive']:.1f} |"
            f" {found['wrong']} of {found['operations']} |")
    ours = results["varde"]
    return lines + [
        "",
        f"Before that, packages on 9 hosts, monitors and managers, by Varde for all three: {ours['shared']:.0f} s, longest stall"
        f" {ours['shared_stall']:.2f} s. Waves of OSDs by Varde: " + "; ".join(", ".join(wave) for wave in ours["waves"]) + ".",
    ]
