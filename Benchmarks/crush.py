"""Mapping by CRUSH and balancing, beside Ceph's own crushtool and osdmaptool."""
import pathlib
import re
import subprocess

import clusters
import crushmap
import judge
from measuring import compare, in_turn, measure, median

#: OSDs of the two clusters that are mapped, with the bits by which groups outnumber OSDs: 32,000 and 1,280,000 groups.
SIZES = {1000: 5, 10000: 7}
#: Clusters that are balanced.
SHAPES = (
    "small", "three-hosts", "two-roots", "osd-domain", "racks-few", "mixed", "used-upmaps", "weight-set", "reweighted",
    "even", "thousand", "ten-thousand",
)
TIB = 2**40


def text_map(osds):
    """Racks of ten hosts (a hundred, where there are many), hosts of ten OSDs, all alike; one rule over hosts."""
    lines = [f"tunable {name} {value}" for name, value in crushmap.TUNABLES.items()]
    lines += [f"device {osd} osd.{osd} class hdd" for osd in range(osds)]
    lines += ["type 0 osd", "type 1 host", "type 3 rack", "type 11 root"]
    hosts, racks = osds // 10, max(10, osds // 1000)
    number = 1

    def bucket(kind, name, items, weight):
        nonlocal number
        number += 1
        lines.append(f"{kind} {name} {{\n id -{number}\n alg straw2\n hash 0")
        lines.extend(f" item {item} weight {weight:.3f}" for item in items)
        lines.append("}")

    for host in range(hosts):
        bucket("host", f"h{host}", [f"osd.{host * 10 + osd}" for osd in range(10)], 3)
    for rack in range(racks):
        each = hosts // racks
        bucket("rack", f"r{rack}", [f"h{rack * each + host}" for host in range(each)], 30)
    bucket("root", "default", [f"r{rack}" for rack in range(racks)], 30 * hosts // racks)
    lines.append(
        "rule replicated {\n id 0\n type replicated\n min_size 1\n max_size 10\n step take default\n"
        " step chooseleaf firstn 0 type host\n step emit\n}")
    return "\n".join(lines) + "\n"


def maps(folder, osds, bits):
    """A CRUSH map and an OSD map around it, in which all OSDs are up and in."""
    text, crush, osdmap = (pathlib.Path(folder) / f"{name}-{osds}" for name in ("text", "crush", "osdmap"))
    text.write_text(text_map(osds))
    measure(["crushtool", "-c", text, "-o", crush])
    bits = str(bits)
    measure([
        "osdmaptool", "--createsimple", str(osds), "--with-default-pool", "--pg-bits", bits, "--pgp-bits", bits,
        "--clobber", osdmap])
    measure(["osdmaptool", osdmap, "--import-crush", crush])
    # Only what is adjusted is saved, and all OSDs' states with it.
    measure(["osdmaptool", osdmap, "--mark-up-in", "--adjust-crush-weight", "0:3", "--save"])
    return str(crush), str(osdmap)


def mapping(varde, folder, runs):
    lines = []
    for osds, bits in SIZES.items():
        crush, osdmap = maps(folder, osds, bits)
        groups = osds << bits
        options = ["-i", crush, "--rule", "0", "--num-rep", "3", "--min-x", "0", "--max-x", str(groups - 1)]
        group = [varde, "crush", "map-pgs", "--osdmap", osdmap]
        taken = in_turn(
            {
                "varde crush test": lambda: measure([varde, "crush", "test", *options]),
                "crushtool --test": lambda: measure(["crushtool", "--test", *options]),
                "varde crush map-pgs": lambda: measure(group),
                "varde crush map-pgs, 2 threads": lambda: measure([*group, "--threads", "2"]),
                "osdmaptool --test-map-pgs": lambda: measure(["osdmaptool", osdmap, "--test-map-pgs"]),
            }, runs)
        lines += [f"{osds:,} OSDs, {groups:,} placement groups of size 3:", "", *compare(taken, "varde crush map-pgs"), ""]
    return lines


def peak(argv):
    run = measure(["/usr/bin/time", "-f", "%M", *argv])
    run.peak = int(run.error.split()[-1]) / 1024
    return run


def balanced(varde, folder, shape, goal, runs):
    """A row of the table for a cluster and a goal."""
    dumps = [f"--{name}={folder}/{file}.json" for name, file in
             (("osd-dump", "osd_dump"), ("crush", "crush_dump"), ("pg-dump", "pg_dump"))]
    taken = [peak([varde, "balance", "--goal", goal, *dumps]) for _ in range(runs)]
    commands = pathlib.Path(folder) / "commands"
    commands.write_text(taken[0].output)
    figures = judge.figures(folder, commands)
    before, after = figures["before"], figures["after"]
    uses = "; ".join(
        f"{name} {use['max']:.2f}, {use['stddev']:.3f} → {after['classes'][name]['max']:.2f},"
        f" {after['classes'][name]['stddev']:.3f}" for name, use in before["classes"].items())
    gains = [after["room"][pool] / room for pool, room in before["room"].items() if room > 0]
    return (
        f"| {shape} | {goal} | {median(taken, 'cpu'):.2f} | {median(taken, 'peak'):.0f} | {uses} |"
        f" {min(gains):.2f}, {sum(gains) / len(gains):.2f} | {figures['bytes_moved'] / TIB:.1f} | {len(figures['illegal'])} |")


def balance(varde, folder, runs):
    lines = [
        "| cluster | goal | CPU s | MiB | fullest OSD %, standard deviation: before → after | room of pools, times: least,"
        " mean | TiB moved | illegal |", "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    for shape in SHAPES:
        where = f"{folder}/{shape}"
        clusters.make(where, 1, clusters.SHAPES[shape])
        for goal in ("use", "room"):
            lines.append(balanced(varde, where, shape, goal, runs))
            print(lines[-1], flush=True)
    return lines + ["", *by_count(varde, folder)]


def deviation(text):
    """Shards on the emptiest and the fullest OSD, and the standard deviation, of what `map-pgs` prints."""
    counts = [int(count) for count in re.findall(r"(?m)^osd\.\d+\t(\d+)$", text)]
    mean = sum(counts) / len(counts)
    return f"{min(counts)}..{max(counts)}, {(sum((c - mean) ** 2 for c in counts) / len(counts)) ** 0.5:.2f}"


def by_count(varde, folder):
    """Where only groups are counted, as osdmaptool does."""
    _, osdmap = maps(folder, 1000, 5)
    commands = pathlib.Path(folder) / "by-count"
    taken = {
        "before": None,
        "osdmaptool --upmap, deviation 5": lambda: measure(
            ["osdmaptool", osdmap, "--upmap", commands, "--upmap-max", "100000", "--upmap-deviation", "5", "--save"]),
        "varde balance --goal use": lambda: measure([varde, "balance", "--osdmap", osdmap, "--goal", "use"]),
    }
    lines = ["1,000 OSDs and 32,000 groups, all alike, of which nothing is known but the map; one run:", "",
             "| | CPU s | commands | shards on an OSD, standard deviation |", "| --- | --- | --- | --- |"]
    original = pathlib.Path(osdmap).read_bytes()
    for name, command in taken.items():
        pathlib.Path(osdmap).write_bytes(original)
        run = command() if command else None
        if name.startswith("varde"):
            commands.write_text(run.output)
        mapped = by_commands(varde, osdmap, commands) if run else measure([varde, "crush", "map-pgs", "--osdmap", osdmap]).output
        count = len(commands.read_text().splitlines()) if run else 0
        lines.append(f"| {name} | {run.cpu if run else 0:.2f} | {count} | {deviation(mapped)} |")
    return lines


def by_commands(varde, osdmap, commands):
    """Where the groups lie when the commands have been carried out: in the JSON of the map, which Varde then reads."""
    import json

    text = subprocess.run(["osdmaptool", osdmap, "--dump", "json"], capture_output=True, text=True, check=True).stdout
    dump = json.loads(text)
    items = {entry["pgid"]: entry for entry in dump["pg_upmap_items"]}
    for line in pathlib.Path(commands).read_text().splitlines():
        words = line.split()
        osds = [int(word) for word in words[4:]]
        items[words[3]] = {
            "pgid": words[3],
            "mappings": [{"from": a, "to": b} for a, b in zip(osds[::2], osds[1::2])] if "rm-" not in words[2] else []}
    dump["pg_upmap_items"] = list(items.values())
    changed = f"{osdmap}.json"
    pathlib.Path(changed).write_text(json.dumps(dump))
    crush = osdmap.replace("osdmap-", "crush-")
    return measure([varde, "crush", "map-pgs", "--osd-dump", changed, "--crush", crush]).output
