"""The CRUSH map of a made cluster, as crushtool's text, and crushtool itself."""
import struct
import subprocess
import sys
from collections import Counter

from shapes import ROOTS

TIB = 2**40
#: Weights and reweights are counted in 1/65536.
WHOLE = 0x10000
TYPES = "osd host chassis rack row pdu pod room datacenter zone region root".split()
#: Those of every cluster since Jewel.
TUNABLES = {
    "choose_local_tries": 0, "choose_local_fallback_tries": 0, "choose_total_tries": 50, "chooseleaf_descend_once": 1,
    "chooseleaf_vary_r": 1, "chooseleaf_stable": 1, "straw_calc_version": 1, "allowed_bucket_algs": 54,
}


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
