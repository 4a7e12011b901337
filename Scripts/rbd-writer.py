"""Writes to an RBD image without pause, and reads what it wrote before; reads everything back at the end, and tells the
longest stall.

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

pool, seconds = sys.argv[1], float(sys.argv[2])
stop = sys.argv[3] if len(sys.argv) > 3 else None
cluster = rados.Rados(conffile="/etc/ceph/ceph.conf", name=f"client.{pool}")
cluster.connect()
with cluster.open_ioctx(pool) as ioctx:
    name = f"writer-{time.time_ns()}"
    # Objects of 256 KiB, written in turn: so many that any two OSDs share one, and all are met within seconds.
    rbd.RBD().create(ioctx, name, BLOCK * BLOCKS, order=18)
    written, longest, reads, wrong = {}, 0.0, 0, 0
    with rbd.Image(ioctx, name) as image:
        print("writing", file=sys.stderr, flush=True)
        end, count = time.monotonic() + seconds, 0
        while time.monotonic() < end and not (stop and os.path.exists(stop)):
            index = count * 37 % BLOCKS
            stamp = (b"%016d" % count) * (BLOCK // 16)
            begin = time.monotonic()
            image.write(stamp, index * BLOCK)
            image.flush()
            longest = max(longest, time.monotonic() - begin)
            written[index] = stamp
            # Half of the way back: another object, which nothing has kept in memory but its OSDs.
            before = count // 2 * 37 % BLOCKS
            begin = time.monotonic()
            wrong += image.read(before * BLOCK, BLOCK) != written[before]
            longest = max(longest, time.monotonic() - begin)
            reads += 1
            count += 1
            time.sleep(0.01)  # a pace, not a wait: about 50 writes a second
        wrong += sum(image.read(i * BLOCK, BLOCK) != data for i, data in written.items())
    rbd.RBD().remove(ioctx, name)
cluster.shutdown()
print(json.dumps({"writes": count, "reads": reads, "longest_stall_s": round(longest, 2), "wrong_blocks": wrong}))
sys.exit(1 if wrong else 0)
