"""Writes to an RBD image without pause, and reads what it wrote before; reads everything back at the end, and tells the
longest stall, and when there were any of more than a second.

usage: python3 rbd-writer.py POOL SECONDS [FILE [live]]    (as client.POOL, on a host that has its keyring)

Ends after so many seconds, or when FILE comes to be. With `live` it also prints a JSON line every fifth of a second: how
many writes are done, for how long the present operation has waited, and the longest stall so far.
"""
import json
import os
import sys
import threading
import time

import rados
import rbd

BLOCK = 4096
BLOCKS = 2048


class Stalls:
    """How long operations took."""

    def __init__(self):
        self.longest, self.notable, self.begun = 0.0, [], None

    def timed(self, operation):
        clock, begin = time.strftime("%H:%M:%S", time.gmtime()), time.monotonic()
        self.begun = begin
        result = operation()
        self.begun = None
        length = time.monotonic() - begin
        self.longest = max(self.longest, length)
        if length > 1:
            self.notable.append(f"{length:.1f} s from {clock}")
        return result

    def waiting(self):
        begun = self.begun
        return 0.0 if begun is None else time.monotonic() - begun


def write(image, data, offset):
    image.write(data, offset)
    image.flush()


def tell():
    """For as long as the program runs."""
    while True:
        waiting = stalls.waiting()
        line = {"writes": count, "waiting_s": round(waiting, 2), "longest_stall_s": round(max(stalls.longest, waiting), 2)}
        print(json.dumps(line), flush=True)
        time.sleep(0.2)  # a pace, not a wait


pool, seconds = sys.argv[1], float(sys.argv[2])
stop = sys.argv[3] if len(sys.argv) > 3 else None
cluster = rados.Rados(conffile="/etc/ceph/ceph.conf", name=f"client.{pool}")
cluster.connect()
with cluster.open_ioctx(pool) as ioctx:
    name = f"writer-{time.time_ns()}"
    # Objects of 256 KiB, written in turn: so many that any two OSDs share one, and all are met within seconds.
    rbd.RBD().create(ioctx, name, BLOCK * BLOCKS, order=18)
    written, stalls, reads, wrong = {}, Stalls(), 0, 0
    with rbd.Image(ioctx, name) as image:
        print("writing", file=sys.stderr, flush=True)
        end, count = time.monotonic() + seconds, 0
        if "live" in sys.argv[4:]:
            threading.Thread(target=tell, daemon=True).start()
        while time.monotonic() < end and not (stop and os.path.exists(stop)):
            index = count * 37 % BLOCKS
            stamp = (b"%016d" % count) * (BLOCK // 16)
            stalls.timed(lambda: write(image, stamp, index * BLOCK))
            written[index] = stamp
            # Half of the way back: another object, which nothing has kept in memory but its OSDs.
            before = count // 2 * 37 % BLOCKS
            wrong += stalls.timed(lambda: image.read(before * BLOCK, BLOCK)) != written[before]
            reads += 1
            count += 1
            time.sleep(0.03)  # a pace, not a wait: about 25 writes a second
        wrong += sum(image.read(i * BLOCK, BLOCK) != data for i, data in written.items())
    rbd.RBD().remove(ioctx, name)
cluster.shutdown()
report = {"writes": count, "reads": reads, "longest_stall_s": round(stalls.longest, 2), "wrong_blocks": wrong}
print(json.dumps(report | {"stalls": stalls.notable}))
sys.exit(1 if wrong else 0)
