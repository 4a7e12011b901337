#!/usr/bin/env python3
"""Judges `ceph osd pg-upmap-items` commands by bytes, from the dumps of a cluster alone.

usage: Benchmarks/judge.py FOLDER COMMANDS    FOLDER: osd_dump.json, pg_dump.json, crush_dump.json; COMMANDS: a file

use    of an OSD: what it says is used, less the shards it has, plus the shards it gets; of its size times its reweight
shard  the bytes of a placement group, in an erasure coded pool a k-th of them; and its keys and values
moved  shards on an OSD that has not had them: in an erasure coded pool, that very shard of the group
legal  as many OSDs as the pool wants, none twice, up and in, where the pool's rule looks for them (so of its class),
       and no more of them in one failure domain than the rule allows
room   of a pool: bytes that it alone can still take before one of its OSDs is at full_ratio

Exits with 1 if a command makes a set of OSDs that is not legal.
"""
import json
import math
import pathlib
import re
import statistics
import sys
from collections import Counter
from dataclasses import dataclass

NONE = 0x7FFFFFFF
COMMAND = re.compile(r"\b(rm-)?pg-upmap-items\s+(\d+\.[0-9a-f]+)((?:\s+(?:osd\.)?\d+)*)\s*;?$")


def commands_of(path):
    """The pairs of OSDs that each group is to have in the end; none where the entry is to go."""
    wanted = {}
    for line in pathlib.Path(path).read_text().splitlines():
        line = line.split("#")[0].strip()
        found = COMMAND.search(line)
        if not found:
            if "ceph" in line:
                sys.exit(f"this is no command about pg-upmap-items: {line}")
            continue
        osds = [int(word.removeprefix("osd.")) for word in found[3].split()]
        if len(osds) % 2:
            sys.exit(f"the last OSD has no other to go to: {line}")
        wanted[found[2]] = [] if found[1] else list(zip(osds[::2], osds[1::2]))
    return wanted


class Rules:
    """What CRUSH's rules allow."""

    def __init__(self, dump):
        self.buckets = {bucket["id"]: bucket for bucket in dump["buckets"]}
        self.steps = {rule["rule_id"]: rule["steps"] for rule in dump["rules"]}
        self.classes = {device["id"]: device.get("class", "") for device in dump["devices"]}
        self.trees = {}

    def tree(self, top):
        """Where each OSD below a bucket is: the bucket above it, by type."""
        if top not in self.trees:
            self.trees[top] = dict(self.leaves(top, {}))
        return self.trees[top]

    def leaves(self, item, above):
        if item >= 0:
            yield item, {**above, "osd": item}
            return
        bucket = self.buckets[item]
        for child in bucket["items"]:
            yield from self.leaves(child["id"], {**above, bucket["type_name"]: item})

    def blocks(self, rule, size):
        """For each take and emit: the bucket taken, and how many of which type are chosen, step by step."""
        for step in self.steps[rule]:
            if step["op"] == "take":
                top, choices = step["item"], []
            elif step["op"].startswith("choose"):
                choices.append((step["num"] if step["num"] > 0 else size + step["num"], step["type"]))
            elif step["op"] == "emit":
                yield top, choices

    def problem(self, rule, size, osds):
        """Why a rule would not give these OSDs, if so."""
        held = [osd for osd in osds if osd != NONE]
        if len(set(held)) < len(held):
            return "an OSD twice"
        start = 0
        for top, choices in self.blocks(rule, size):
            end = start + math.prod(number for number, _ in choices)
            part, tree = [osd for osd in osds[start:end] if osd != NONE], self.tree(top)
            start = end
            if outside := [osd for osd in part if osd not in tree]:
                return f"osd.{outside[0]} is not below {self.buckets[top]['name']}"
            if problem := self.crowded(tree, part, choices):
                return problem
        return "more OSDs than the rule gives" if start < len(osds) else None

    def crowded(self, tree, osds, choices):
        """Whether OSDs are in more buckets of a type than a step chooses, or too many of them in one."""
        if not choices or not osds:
            return None
        (number, kind), *further = choices
        inside = {}
        for osd in osds:
            if kind not in tree[osd]:
                return f"osd.{osd} is below no {kind}"
            inside.setdefault(tree[osd][kind], []).append(osd)
        if len(inside) > number:
            return f"{len(inside)} of type {kind}, where the rule gives {number}"
        for bucket, members in inside.items():
            if len(members) > math.prod(number for number, _ in further):
                name = f"osd.{bucket}" if bucket >= 0 else self.buckets[bucket]["name"]
                return f"{len(members)} shards in {kind} {name}"
            if problem := self.crowded(tree, members, further):
                return problem
        return None


@dataclass
class Pool:
    name: str
    size: int
    rule: int
    pg_num: int
    is_erasure: bool
    data_shards: int


class Cluster:
    def __init__(self, folder):
        def dump(name):
            return json.loads((pathlib.Path(folder) / name).read_bytes())

        osds, groups = dump("osd_dump.json"), dump("pg_dump.json")
        groups = groups.get("pg_map", groups)
        self.rules = Rules(dump("crush_dump.json"))
        self.full = osds["full_ratio"]
        self.reweight = {osd["osd"]: osd["weight"] for osd in osds["osds"]}
        self.up = {osd["osd"] for osd in osds["osds"] if osd["up"]}
        self.pools = {pool["pool"]: self.pool(pool, osds["erasure_code_profiles"]) for pool in osds["pools"]}
        self.entries = {
            entry["pgid"]: [(pair["from"], pair["to"]) for pair in entry["mappings"]]
            for entry in osds["pg_upmap_items"]}
        self.total = {osd["osd"]: osd["statfs"]["total"] for osd in groups["osd_stats"]}
        self.used = {osd["osd"]: osd["statfs"]["total"] - osd["statfs"]["available"] for osd in groups["osd_stats"]}
        self.now, self.acting, self.shard = {}, {}, {}
        for group in groups["pg_stats"]:
            name, sums = group["pgid"], group["stat_sum"]
            self.now[name], self.acting[name] = group["up"], group["acting"]
            self.shard[name] = sums["num_bytes"] / self.pool_of(name).data_shards + sums.get("num_omap_bytes", 0)

    @staticmethod
    def pool(pool, profiles):
        is_erasure = pool["type"] == 3
        data_shards = int(profiles[pool["erasure_code_profile"]]["k"]) if is_erasure else 1
        return Pool(pool["pool_name"], pool["size"], pool["crush_rule"], pool["pg_num"], is_erasure, data_shards)

    def pool_of(self, group):
        return self.pools[int(group.partition(".")[0])]

    def raw(self, group):
        """Where CRUSH itself puts a group: what its entry has replaced, put back."""
        osds = list(self.now[group])
        for source, target in reversed(self.entries.get(group, [])):
            if target in osds and source not in osds:
                osds[osds.index(target)] = source
        return osds

    def replaced(self, osds, pairs):
        """As OSDMap::_apply_upmap has it."""
        osds = list(osds)
        for source, target in pairs:
            if target not in osds and source in osds and self.reweight.get(target, 1) > 0:
                osds[osds.index(source)] = target
        return osds

    def after(self, commands):
        """Where all groups are after the commands."""
        if unknown := [group for group in commands if group not in self.now]:
            sys.exit(f"there is no placement group {unknown[0]}")
        return self.now | {group: self.replaced(self.raw(group), pairs) for group, pairs in commands.items()}

    def uses(self, groups):
        """Use of each OSD that is in, 0 to 1."""
        bytes_used = {osd: float(used) for osd, used in self.used.items()}
        for sign, where in ((-1, self.acting), (1, groups)):
            for group, osds in where.items():
                shard = sign * self.shard[group]
                for osd in osds:
                    if osd in bytes_used:
                        bytes_used[osd] += shard
        return {
            osd: bytes_used[osd] / (self.total[osd] * reweight)
            for osd, reweight in self.reweight.items() if reweight > 0 and self.total.get(osd)}

    def room(self, groups, uses):
        """Of each pool, in its clients' bytes, by name."""
        shards = {number: Counter() for number in self.pools}
        for group, osds in groups.items():
            shards[int(group.partition(".")[0])].update(osds)
        found = {}
        for number, pool in self.pools.items():
            left = [
                max(0.0, self.full - uses[osd]) * self.total[osd] * self.reweight[osd] * pool.pg_num * pool.data_shards
                / count for osd, count in shards[number].items() if osd in uses]
            found[pool.name] = int(min(left, default=0))
        return found

    def shards_moved(self, group, osds):
        """How many shards of a group come to an OSD that has not had them."""
        old = self.now[group]
        if self.pool_of(group).is_erasure:
            return sum(1 for new, had in zip(osds, old) if new != had and new != NONE)
        return len(set(osds) - set(old) - {NONE})

    def problem(self, group, osds):
        """Why a group must not be on these OSDs, if so."""
        pool, held = self.pool_of(group), [osd for osd in osds if osd != NONE]
        if problem := self.rules.problem(pool.rule, pool.size, osds):
            return problem
        if len(held) != pool.size:
            return f"{len(held)} OSDs of {pool.size}"
        for osd in held:
            if osd not in self.up or not self.reweight[osd]:
                return f"osd.{osd} is {'out' if osd in self.up else 'down'}"
        return None

    def state(self, groups):
        """Use of the OSDs of each class in per cent, and room of each pool in bytes."""
        uses = self.uses(groups)
        by_class = {}
        for osd, use in uses.items():
            by_class.setdefault(self.rules.classes.get(osd, ""), []).append(100 * use)
        classes = {
            name: {
                "osds": len(found), "min": min(found), "max": max(found), "mean": statistics.fmean(found),
                "stddev": statistics.pstdev(found)}
            for name, found in sorted(by_class.items())}
        return {"classes": classes, "room": self.room(groups, uses)}


def figures(folder, commands):
    """What a file of commands does to the cluster whose dumps are in a folder: a dictionary."""
    cluster, wanted = Cluster(folder), commands_of(commands)
    groups = cluster.after(wanted)
    changed = [group for group in wanted if groups[group] != cluster.now[group]]
    moved = {group: cluster.shards_moved(group, groups[group]) for group in changed}
    illegal = [
        {"pgid": group, "osds": groups[group], "why": why}
        for group in changed if (why := cluster.problem(group, groups[group]))]
    return {
        "before": cluster.state(cluster.now), "after": cluster.state(groups), "pgs_changed": len(changed),
        "shards_moved": sum(moved.values()),
        "bytes_moved": int(sum(shards * cluster.shard[group] for group, shards in moved.items())), "illegal": illegal}


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: Benchmarks/judge.py FOLDER COMMANDS")
    found = figures(*sys.argv[1:])
    for when in ("before", "after"):
        for name, use in found[when]["classes"].items():
            print(
                f"{when:6} {name:4} {use['osds']} OSDs, use in %: min {use['min']:.2f}, mean {use['mean']:.2f},"
                f" max {use['max']:.2f}, stddev {use['stddev']:.3f}")
        print(f"{when:6} room, in TiB:", ", ".join(
            f"{pool} {room / 2**40:.2f}" for pool, room in found[when]["room"].items()))
    print(
        f"placement groups changed {found['pgs_changed']}, shards moved {found['shards_moved']},"
        f" {found['bytes_moved'] / 2**40:.2f} TiB")
    for one in found["illegal"]:
        print(f"not legal: {one['pgid']} on {one['osds']}: {one['why']}")
    sys.exit(1 if found["illegal"] else 0)


if __name__ == "__main__":
    main()
