"""What Ceph's commands print of a made cluster, with -f json."""
import json
import uuid
from collections import Counter

from crushmap import TIB, WHOLE, rules

FULL = {"nearfull_ratio": 0.85, "backfillfull_ratio": 0.9, "full_ratio": 0.95}


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
