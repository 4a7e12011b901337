#!/usr/bin/env python3
"""Makes Ceph clusters that are unevenly filled, as the dumps that Ceph's commands print.

usage: Benchmarks/clusters.py SHAPE FOLDER [SEED]    (seed: default 1)

Writes osd_dump.json, pg_dump.json, osd_df.json, crush_dump.json (`ceph osd dump`, `pg dump`, `osd df`, `osd crush
dump`, each with -f json), crush.txt and crush.bin. Sizes are drawn by lot, the same for the same shape and seed; where
placement groups lie is Ceph's own answer: that of crushtool, from Debian's ceph-base.
"""
import json
import pathlib
import random
import struct
import subprocess
import sys
import uuid
from collections import Counter
from dataclasses import dataclass

from shapes import ROOTS, SHAPES, Pool

TB, TIB, GIB = 10**12, 2**40, 2**30
#: Where CRUSH finds no OSD for a shard of an erasure coded group.
NONE = 0x7FFFFFFF
#: Weights and reweights are counted in 1/65536.
WHOLE = 0x10000
#: No OSD is made fuller: Ceph stops backfilling at 90 %.
FULLEST = 0.9
FULL = {"nearfull_ratio": 0.85, "backfillfull_ratio": 0.9, "full_ratio": 0.95}
TYPES = "osd host chassis rack row pdu pod room datacenter zone region root".split()
#: Those of every cluster since Jewel.
TUNABLES = {
    "choose_local_tries": 0, "choose_local_fallback_tries": 0, "choose_total_tries": 50, "chooseleaf_descend_once": 1,
    "chooseleaf_vary_r": 1, "chooseleaf_stable": 1, "straw_calc_version": 1, "allowed_bucket_algs": 54,
}


@dataclass
class Device:
    """An OSD."""

    number: int
    device_class: str
    size: int
    host: str
    rack: str
    root: str
    #: In 1/65536.
    reweight: int = WHOLE

    @property
    def name(self):
        return f"osd.{self.number}"

    def place(self, kind):
        return self.number if kind == "osd" else getattr(self, kind)

    def serves(self, pool):
        return self.root == ROOTS[pool.root] and pool.device_class in ("", self.device_class)


@dataclass(slots=True)
class Group:
    """A placement group: its OSDs, and its bytes."""

    pgid: str
    pool: Pool
    osds: list
    data: int = 0
    omap: int = 0

    @property
    def shard(self):
        return self.data // self.pool.data_shards + self.omap

    @property
    def holders(self):
        return [osd for osd in self.osds if osd != NONE]


# Devices.


def deal(count, shares):
    """Whole numbers that are in proportion to shares, and `count` together."""
    dealt = [int(count * share / sum(shares)) for share in shares]
    for index in range(count - sum(dealt)):
        dealt[index % len(dealt)] += 1
    return dealt


def devices(shape, dice):
    """Host by host, each bought with one size of disk, and refitted since."""
    ssds = round(shape.osds * shape.ssd_share)
    counts = {}
    for name, count in {"hdd": shape.osds - ssds, "ssd": ssds}.items():
        if count:
            counts[name] = deal(count, [dice.uniform(1 - shape.spread, 1 + shape.spread) for _ in range(shape.hosts)])
    found = []
    for host in range(shape.hosts):
        rack, root = f"rack{host * shape.racks // shape.hosts}", ROOTS[host * shape.roots // shape.hosts]
        for name, count in counts.items():
            usual = dice.choice(shape.sizes[name])
            for _ in range(count[host]):
                size = usual if dice.random() < 0.7 else dice.choice(shape.sizes[name])
                found.append(Device(len(found), name, size * TB, f"host{host}", rack, root))
    for device in dice.sample(found, round(shape.osds * shape.reweighted)):
        device.reweight = int(dice.choice((0.9, 0.8, 0.6, 0)) * WHOLE)
    return found


# The CRUSH map.


def above(device, levels):
    return [getattr(device, level) for level in levels]


def buckets(devices, levels):
    """Buckets, the lowest first: level, name, names of the items."""
    found = {level: {} for level in levels}
    for device in devices:
        item = device.name
        for level, name in zip(levels, above(device, levels)):
            found[level].setdefault(name, {})[item] = True
            item = name
    return [(level, name, list(items)) for level in levels for name, items in found[level].items()]


def weights(devices, levels, factor):
    """What each device and bucket weighs, by its name and by device class; "" is all classes."""
    sums = Counter()
    for device in devices:
        weight = device.size / TIB * factor(device)
        for name in [device.name, *above(device, levels)]:
            sums[name, ""] += weight
            sums[name, device.device_class] += weight
    return sums


def rule_lines(number, pool):
    mode = "indep" if pool.is_erasure else "firstn"
    choose = "choose" if pool.domain == "osd" else "chooseleaf"
    of_class = f" class {pool.device_class}" if pool.device_class else ""
    tries = ["step set_chooseleaf_tries 5", "step set_choose_tries 100"] if pool.is_erasure else []
    return [
        f"rule {pool.rule} {{", f"id {number}", f"type {'erasure' if pool.is_erasure else 'replicated'}", "min_size 1",
        "max_size 10", *tries, f"step take {ROOTS[pool.root]}{of_class}",
        f"step {choose} {mode} 0 type {pool.domain}", "step emit", "}"]


def rules(pools):
    """Numbers of the rules, by name."""
    return {name: number for number, name in enumerate(dict.fromkeys(pool.rule for pool in pools))}


def crush_text(shape, devices, noise, weight_set):
    """A map as crushtool compiles it. Noise, by OSD, makes a weight set, of that number."""
    levels = ["host", "rack", "root"] if shape.racks else ["host", "root"]
    tree, own = buckets(devices, levels), weights(devices, levels, lambda device: 1)
    classes = ["", *sorted({device.device_class for device in devices})]
    lines = [f"tunable {name} {value}" for name, value in TUNABLES.items()]
    lines += [f"device {device.number} {device.name} class {device.device_class}" for device in devices]
    lines += [f"type {number} {name}" for number, name in enumerate(TYPES)]
    ids = {}
    for level, name, items in tree:
        lines.append(f"{level} {name} {{")
        for kind in classes:
            ids[name, kind] = -1 - len(ids)
            lines.append(f"id {ids[name, kind]}" + (f" class {kind}" if kind else ""))
        lines += ["alg straw2", "hash 0", *(f"item {item} weight {own[item, '']:.5f}" for item in items), "}"]
    numbers = rules(shape.pools)
    for pool in {pool.rule: pool for pool in shape.pools}.values():
        lines += rule_lines(numbers[pool.rule], pool)
    if noise:
        noisy = weights(devices, levels, lambda device: noise[device.number])
        lines += [f"choose_args {weight_set} {{", *weight_set_lines(tree, classes, ids, noisy), "}"]
    return "\n".join(lines) + "\n"


def weight_set_lines(tree, classes, ids, weights):
    """A weight for each item of each bucket, those of the shadow trees too."""
    lines = []
    for level, name, items in tree:
        for kind in classes:
            # A shadow tree has all buckets, but only the devices of its class.
            inside = [weights[item, kind] for item in items if level != "host" or (item, kind) in weights]
            if inside:
                line = " ".join(f"{weight:.5f}" for weight in inside)
                lines.append(f"{{ bucket_id {ids[name, kind]} weight_set [ [ {line} ] ] }}")
    return lines


def crushtool(*words):
    done = subprocess.run(["crushtool", *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"crushtool {' '.join(map(str, words[:6]))}: exit code {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


def renumber_weight_set(path, buckets):
    """From 0, the only number that crushtool compiles and tests with, to -1, where OSDs look for the compat set."""
    binary = path.read_bytes()
    # One weight set, its number, and how many buckets it is about.
    first, last = (struct.pack("<IqI", 1, number, buckets) for number in (0, -1))
    if binary.count(first) != 1:
        sys.exit(f"{path}: which bytes are the weight set's number is not clear")
    path.write_bytes(binary.replace(first, last))


# Placement.


def placed(path, number, pool, rule, devices):
    """The groups of a pool, where CRUSH puts them."""
    reweights = []
    for device in devices:
        if device.reweight != WHOLE:
            reweights += ["--weight", device.number, device.reweight / WHOLE]
    output = crushtool(
        "-i", path, "--test", "--show-mappings", "--rule", rule, "--num-rep", pool.size, "--pool-id", number,
        "--min-x", 0, "--max-x", pool.pg_num - 1, *reweights)
    sets = [line[line.index("[") + 1:-1] for line in output.splitlines() if line.startswith("CRUSH rule")]
    return [
        Group(f"{number}.{seed:x}", pool, [int(osd) for osd in osds.split(",") if osd])
        for seed, osds in enumerate(sets)]


def place(folder, shape, devices, dice):
    """Writes the CRUSH map; the groups of each pool, where it puts them."""
    noise = [dice.lognormvariate(0, 0.1) for _ in devices] if shape.weight_set else []
    text, binary, numbers = folder / "crush.txt", folder / "crush.bin", rules(shape.pools)
    text.write_text(crush_text(shape, devices, noise, 0))
    crushtool("-c", text, "-o", binary)
    groups = [
        placed(binary, number, pool, numbers[pool.rule], devices) for number, pool in enumerate(shape.pools, 1)]
    if noise:
        renumber_weight_set(binary, text.read_text().count("bucket_id"))
        text.write_text(crush_text(shape, devices, noise, -1))
    (folder / "crush_dump.json").write_text(crushtool("-i", binary, "--dump"))
    return groups


def upmap(group, devices, allowed, dice):
    """Moves one or two shards to where the rule allows them, too; what pg_upmap_items then says, or nothing."""
    if len(group.holders) < group.pool.size:
        return []
    pairs, original, domain = [], list(group.osds), group.pool.domain
    for source in dice.sample(original, min(dice.choice((1, 2)), len(original))):
        taken = {devices[osd].place(domain) for osd in group.osds if osd != source}
        for target in dice.choices(allowed, k=20):
            if target.number not in original + group.osds and target.place(domain) not in taken:
                group.osds[group.osds.index(source)] = target.number
                pairs.append({"from": source, "to": target.number})
                break
    return pairs


def upmap_some(shape, devices, groups, dice):
    """What pg_upmap_items says, by group."""
    upmaps = {}
    for pool, members in zip(shape.pools, groups):
        allowed = [device for device in devices if device.serves(pool) and device.reweight]
        for group in members:
            if dice.random() < shape.existing_upmaps and (pairs := upmap(group, devices, allowed, dice)):
                upmaps[group.pgid] = pairs
    return upmaps


# Bytes.


def give_bytes(pool, groups, total, dice):
    """Deals a pool's bytes among its groups. One that is still to be split, if pg_num is no power of two, has twice."""
    half = 1 << (pool.pg_num - 1).bit_length() >> 1
    parts = [
        dice.lognormvariate(0, pool.noise) * (2 if pool.pg_num - half <= seed < half else 1)
        for seed in range(pool.pg_num)]
    unit = total / sum(parts)
    for group, part in zip(groups, parts):
        group.omap = int(unit * part * pool.omap)
        group.data = (int(unit * part) - group.omap) // pool.data_shards * pool.data_shards


def fill(shape, devices, groups, dice):
    """Bytes of all groups: as much of each class as the shape says."""
    together = Counter()
    for pool in shape.pools:
        together[pool.root, pool.device_class] += pool.share
    for pool, members in zip(shape.pools, groups):
        room = sum(device.size * device.reweight / WHOLE for device in devices if device.serves(pool))
        part = pool.share / together[pool.root, pool.device_class]
        total = room * shape.fill[pool.device_class] * part * pool.data_shards / pool.size
        give_bytes(pool, members, total, dice)


def loads(devices, groups):
    """Bytes of the shards on each OSD."""
    found = [0] * len(devices)
    for members in groups:
        for group in members:
            shard = group.shard
            for osd in group.holders:
                found[osd] += shard
    return found


def shrink(devices, groups):
    """Takes bytes from all groups alike, until no OSD is too full."""
    found = loads(devices, groups)
    fullest = max(
        load * WHOLE / device.size / device.reweight for load, device in zip(found, devices) if device.reweight)
    if fullest <= FULLEST:
        return
    for members in groups:
        for group in members:
            shards = group.pool.data_shards
            group.data = int(group.data * FULLEST / fullest) // shards * shards
            group.omap = int(group.omap * FULLEST / fullest)


def used(devices, groups, dice):
    """Bytes in use on each OSD: its shards, give or take half a percent, and a GiB of its own."""
    return [int(load * dice.gauss(1, 0.005)) + GIB for load in loads(devices, groups)]


# Dumps.


def osd_dump(shape, devices, upmaps, dice):
    numbers = rules(shape.pools)
    pools = [{
        "pool": number, "pool_name": pool.name, "flags": 1, "flags_names": "hashpspool",
        "type": 3 if pool.is_erasure else 1, "size": pool.size,
        "min_size": pool.data_shards + 1 if pool.is_erasure else max(1, pool.size - 1),
        "crush_rule": numbers[pool.rule], "object_hash": 2, "pg_num": pool.pg_num, "pg_placement_num": pool.pg_num,
        "pg_num_target": pool.pg_num, "pg_placement_num_target": pool.pg_num, "erasure_code_profile": pool.profile,
    } for number, pool in enumerate(shape.pools, 1)]
    profiles = {pool.profile: {
        "crush-failure-domain": pool.domain, "k": str(pool.copies[0]), "m": str(pool.copies[1]), "plugin": "jerasure",
        "technique": "reed_sol_van"} for pool in shape.pools if pool.is_erasure}
    osds = [{
        "osd": device.number, "uuid": str(uuid.UUID(int=dice.getrandbits(128), version=4)), "up": 1,
        "in": int(device.reweight > 0), "weight": device.reweight / WHOLE, "primary_affinity": 1.0,
        "state": ["exists", "up"]} for device in devices]
    return {
        "epoch": 100, "fsid": str(uuid.UUID(int=dice.getrandbits(128), version=4)),
        "flags": "sortbitwise,recovery_deletes,purged_snapdirs,pglog_hardlimit", **FULL, "max_osd": len(devices),
        "require_min_compat_client": "luminous", "require_osd_release": "pacific", "pools": pools, "osds": osds,
        "pg_upmap": [], "pg_upmap_items": [{"pgid": pgid, "mappings": pairs} for pgid, pairs in upmaps.items()],
        "pg_temp": [], "primary_temp": [], "erasure_code_profiles": profiles}


def sizes(device, used):
    return {"kb": device.size >> 10, "kb_used": used >> 10, "kb_avail": (device.size - used) >> 10}


def osd_stats(device, used):
    statfs = {"total": device.size, "available": device.size - used, "allocated": used}
    return {"osd": device.number, "up_from": 5, **sizes(device, used), "statfs": statfs}


def pg_stats(group):
    whole = len(group.holders) == group.pool.size
    primary = next(iter(group.holders), -1)
    sums = {"num_bytes": group.data, "num_objects": group.data >> 22, "num_omap_bytes": group.omap}
    return {
        "pgid": group.pgid, "state": "active+clean" if whole else "active+undersized+degraded", "stat_sum": sums,
        "up": group.osds, "acting": group.osds, "up_primary": primary, "acting_primary": primary}


def osd_df(devices, used, groups):
    count = Counter(osd for members in groups for group in members for osd in group.holders)
    nodes = []
    for device, bytes_used in zip(devices, used):
        # Of an OSD that is out, Ceph says no sizes here.
        known = sizes(device, bytes_used) if device.reweight else {"kb": 0, "kb_used": 0, "kb_avail": 0}
        nodes.append({
            "id": device.number, "device_class": device.device_class, "name": device.name, "type": "osd", "type_id": 0,
            "crush_weight": round(device.size / TIB, 5), "reweight": device.reweight / WHOLE, **known,
            "utilization": 100 * known["kb_used"] / max(1, known["kb"]), "pgs": count[device.number], "status": "up"})
    total, total_used = (sum(node[key] for node in nodes) for key in ("kb", "kb_used"))
    summary = {
        "total_kb": total, "total_kb_used": total_used, "total_kb_avail": total - total_used,
        "average_utilization": 100 * total_used / total}
    return {"nodes": nodes, "stray": [], "summary": summary}


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def write_pg_dump(path, devices, used, groups):
    """Group by group: half a million of them would fill the memory."""
    with open(path, "w") as file:
        file.write('{"pg_ready":true,"pg_map":{"osd_stats":')
        file.write(compact([osd_stats(device, bytes_used) for device, bytes_used in zip(devices, used)]))
        file.write(',"pg_stats":[')
        separator = ""
        for members in groups:
            for group in members:
                file.write(separator + compact(pg_stats(group)))
                separator = ",\n"
        file.write("]}}\n")


def make(folder, seed, shape):
    """Writes the dumps of a cluster of that shape into a folder."""
    dice, folder = random.Random(seed), pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    osds = devices(shape, dice)
    groups = place(folder, shape, osds, dice)
    upmaps = upmap_some(shape, osds, groups, dice)
    fill(shape, osds, groups, dice)
    shrink(osds, groups)
    bytes_used = used(osds, groups, dice)
    for name, value in {
        "osd_dump": osd_dump(shape, osds, upmaps, dice), "osd_df": osd_df(osds, bytes_used, groups),
    }.items():
        (folder / f"{name}.json").write_text(compact(value) + "\n")
    write_pg_dump(folder / "pg_dump.json", osds, bytes_used, groups)


# The shapes.


def main():
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in SHAPES:
        sys.exit(f"usage: Benchmarks/clusters.py SHAPE FOLDER [SEED]\nshapes: {' '.join(SHAPES)}")
    make(sys.argv[2], int((sys.argv[3:] or ["1"])[0]), SHAPES[sys.argv[1]])


if __name__ == "__main__":
    main()
