#!/usr/bin/env python3
"""Makes Ceph clusters that are unevenly filled, as the dumps that Ceph's commands print.

usage: Benchmarks/clusters.py SHAPE FOLDER [SEED]    (seed: default 1)

Writes osd_dump.json, pg_dump.json, osd_df.json, crush_dump.json (`ceph osd dump`, `pg dump`, `osd df`, `osd crush
dump`, each with -f json), crush.txt and crush.bin. Sizes are drawn by lot, the same for the same shape and seed; where
placement groups lie is Ceph's own answer: that of crushtool, from Debian's ceph-base.
"""
import pathlib
import random
import sys
from collections import Counter
from dataclasses import dataclass

from crushmap import WHOLE, crush_text, crushtool, renumber_weight_set, rules
from dumps import compact, osd_df, osd_dump, write_pg_dump
from shapes import ROOTS, SHAPES, Pool

TB, GIB = 10**12, 2**30
#: Where CRUSH finds no OSD for a shard of an erasure coded group.
NONE = 0x7FFFFFFF
#: No OSD is made fuller: Ceph stops backfilling at 90 %.
FULLEST = 0.9


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


def main():
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in SHAPES:
        sys.exit(f"usage: Benchmarks/clusters.py SHAPE FOLDER [SEED]\nshapes: {' '.join(SHAPES)}")
    make(sys.argv[2], int((sys.argv[3:] or ["1"])[0]), SHAPES[sys.argv[1]])


if __name__ == "__main__":
    main()
