"""A writer and reader on a twin."""
import json
import subprocess
import sys


class Writer:
    """Scripts/rbd-writer.py at work in a host of a twin, from its first write on."""

    STOP = "/run/bench-writer-ends"

    def __init__(self, varde, site, host, script):
        self.varde, self.site, self.host = varde, site, host
        self.sh(f"rm -f {self.STOP}")
        self.process = subprocess.Popen(
            [varde, "lab", "exec", site, host, "--", "python3", "-", "vms", "3600", self.STOP],
            stdin=open(script), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if "writing" in line:
                return
        sys.exit(f"the writer did not begin: {self.process.stdout.read()}")

    def sh(self, script):
        subprocess.run([self.varde, "lab", "exec", self.site, self.host, "--", "sh", "-c", script], check=True)

    def stop(self):
        self.sh(f"touch {self.STOP}")
        output, error = self.process.communicate(timeout=120)
        if not output.strip():
            sys.exit(f"the writer failed: {output}{error}")
        return json.loads(output)
