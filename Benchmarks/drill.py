"""Failures on a twin: what `varde prove` says of each, and what a writer, flows and the monitors then meet."""
import json
import re
import subprocess
import sys
import time

from writer import Writer

#: What is down, as `prove --down` has it, and the faults that make it so on a twin.
FAILURES = [
    (["c2"], ["host c2 off"]),
    (["a1"], ["host a1 off"]),
    (["rack c"], ["host c1 off", "host c2 off", "host c3 off", "host c-l1 off", "host c-l2 off"]),
    (["a-l1"], ["host a-l1 silent"]),
    (["s1"], ["host s1 off"]),
    (["link a-l1 a1"], ["link a-l1 a1 down"]),
    (["a-l1", "b-l2"], ["host a-l1 off", "host b-l2 off"]),
    (["mon a1"], ["unit a1 ceph-mon@a1"]),
    (["mon a1", "mon b1"], ["unit a1 ceph-mon@a1", "unit b1 ceph-mon@b1"]),
    (["osd a2:/dev/vdb"], ["osd a2"]),
    (["osd a2:/dev/vdb", "osd b2:/dev/vdb"], ["osd a2", "osd b2"]),
    (["osd a2:/dev/vdb", "osd a3:/dev/vdb"], ["osd a2", "osd a3"]),
    (["a-l1", "a-l2"], ["host a-l1 silent", "host a-l2 silent"]),
    (["c2", "a3"], ["host c2 off", "host a3 off"]),
]

#: Seconds that a failure lasts: longer than Ceph takes to give a silent host up (20 s of heartbeats, then a new map).
LASTS = 45
#: A client that has waited this long has met more than a change of the map.
STOPPED = 40


class Drill:
    def __init__(self, varde, site, script):
        self.varde, self.site, self.script = varde, site, script

    def run(self, *words, ok=(0,), **options):
        done = subprocess.run([self.varde, *words], capture_output=True, text=True, **options)
        if done.returncode not in ok:
            sys.exit(f"varde {' '.join(words)}: exit code {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done

    def sh(self, host, script, ok=(0,)):
        return self.run("lab", "exec", self.site, host, "--", "sh", "-c", script, ok=ok).stdout

    def unit(self, fault):
        kind, host, *rest = fault.split()
        return host, rest[0] if rest else "ceph-osd@$(basename /var/lib/ceph/osd/ceph-* | sed s/ceph-//)"

    def fail(self, fault):
        if fault.split()[0] in ("unit", "osd"):
            # Stopped, not only killed: systemd would bring it back.
            host, unit = self.unit(fault)
            self.sh(host, f"systemctl kill -s KILL {unit}; systemctl stop {unit}; true")
        else:
            self.run("lab", "fail", self.site, *fault.split())

    def heal(self, fault):
        if fault.split()[0] in ("unit", "osd"):
            host, unit = self.unit(fault)
            self.sh(host, f"systemctl reset-failed {unit}; systemctl start {unit}")
        else:
            self.run("lab", "heal", self.site, *fault.split())

    def predict(self, down):
        words = [word for component in down for word in ("--down", component)]
        findings = json.loads(self.run("prove", self.site, *words, "--format", "json", ok=(0, 1)).stdout)
        return {finding["guarantee"]: finding["holds"] for finding in findings}

    def observe(self, faults, live, loopbacks):
        """A writer over the whole time; at the end of the failure, flows between all live hosts, and the quorum."""
        writer_host = next(host for host in live if host != "a1")
        writer = Writer(self.varde, self.site, writer_host, self.script)
        begin = time.monotonic()
        for fault in faults:
            self.fail(fault)
        time.sleep(max(0, LASTS - 8 - (time.monotonic() - begin)))
        pings = [
            subprocess.Popen(
                [self.varde, "lab", "exec", self.site, host, "--", "sh", "-c",
                 "; ".join(f"ping -q -c 2 -W 1 -I {loopbacks[host]} {loopbacks[other]} >/dev/null || echo lost {other}"
                           for other in live if other != host)], stdout=subprocess.PIPE, text=True) for host in live]
        lost = any("lost" in ping.communicate()[0] for ping in pings)
        quorum = self.sh(writer_host, "timeout 10 ceph -n client.vms --keyring /etc/ceph/ceph.client.vms.keyring"
                         " quorum_status >/dev/null 2>&1 && echo quorum; true")
        time.sleep(max(0, LASTS - (time.monotonic() - begin)))
        for fault in reversed(faults):
            self.heal(fault)
        self.run("status", "--twin", self.site, "--wait", "300", ok=(0,))
        report = writer.stop()
        return {
            "storageIO": report["longest_stall_s"] < STOPPED, "storageData": report["wrong_blocks"] == 0,
            "network": not lost, "control": "quorum" in quorum,
        }, report["longest_stall_s"]


def table(varde, site, script, hosts, loopbacks):
    """Lines of a Markdown table, and how many failures went as predicted."""
    drill = Drill(varde, site, script)
    words = {"storageIO": "I/O", "storageData": "data", "network": "network", "control": "control"}
    lines = ["| down | predicted to break | observed to break | longest stall of the writer, s |", "| --- | --- | --- | --- |"]
    agreed = 0

    def breaks(holds):
        return ", ".join(words[name] for name in words if not holds[name]) or "nothing"

    for down, faults in FAILURES:
        dead = {fault.split()[1] for fault in faults if re.search(r"^host \S+ off$", fault)}
        live = [host for host in hosts if host not in dead]
        if faults == ["host a-l1 silent", "host a-l2 silent"]:
            # The rack is cut off: a client elsewhere is asked.
            live = live[::-1]
        predicted = drill.predict(down)
        observed, stall = drill.observe(faults, live, loopbacks)
        agreed += predicted == observed
        lines.append(f"| {' + '.join(down)} | {breaks(predicted)} | {breaks(observed)} | {stall:.1f} |")
        print(lines[-1], file=sys.stderr)
    return lines, agreed
