"""Writes to an RBD image without pause, and reads what it wrote before; reads everything back at the end, and tells the
longest stall, and when there were any of more than a second.

usage: python3 rbd-writer.py POOL SECONDS [FILE]    (as client.POOL, on a host that has its keyring)

Ends after so many seconds, or when FILE comes to be.
"""
import json
import os
import sys
import time

import rados
import rbd

BLOCK = 4096
BLOCKS = 2048


class Stalls:
    """How long operations took."""

    def __init__(self):
        self.longest, self.notable = 0.0, []

    def timed(self, operation):
        clock, begin = time.strftime("%H:%M:%S", time.gmtime()), time.monotonic()
        result = operation()
        length = time.monotonic() - begin
        self.longest = max(self.longest, length)
        if length > 1:
            self.notable.append(f"{length:.1f} s from {clock}")
        return result


def write(image, data, offset):
    image.write(data, offset)
    image.flush()


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
            time.sleep(0.01)  # a pace, not a wait: about 50 writes a second
        wrong += sum(image.read(i * BLOCK, BLOCK) != data for i, data in written.items())
    rbd.RBD().remove(ioctx, name)
cluster.shutdown()
report = {"writes": count, "reads": reads, "longest_stall_s": round(stalls.longest, 2), "wrong_blocks": wrong}
print(json.dumps(report | {"stalls": stalls.notable}))
sys.exit(1 if wrong else 0)
