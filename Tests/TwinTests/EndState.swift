/// All that a rollout leaves on a site's hosts and in its cluster, without what is random by nature: keys, and the
/// cluster's identity. Two rollouts that end alike have equal end states.
struct EndState: Equatable, CustomStringConvertible {
  var lines: [String]

  var description: String { lines.joined(separator: "\n") }

  /// - Parameter mon: a monitor's host
  static func observe(_ site: TestSite, mon: String) async throws -> EndState {
    var lines: [String] = []
    for node in try await site.nodes() {
      lines += try await site.sh(node.name, host).split(separator: "\n").map { "\(node.name): \($0)" }
    }
    return EndState(lines: lines + (try await site.sh(mon, cluster)).split(separator: "\n").map(String.init))
  }

  private static let host = """
    for f in $(find /etc/ceph /etc/frr/frr.conf /etc/frr/daemons /etc/systemd/system/ceph-* /etc/sysctl.d/60-varde* \
      /etc/systemd/network/40-varde* /var/lib/ceph/osd /var/lib/ceph/mgr -type f 2>/dev/null | sort); do
      echo "$(stat -c '%U %G %a' "$f") $f $(sed -E 's/(key|fsid) = .*//; /ready|ceph_fsid/d' "$f" | md5sum)"
    done | grep -vE 'ceph-[0-9]+/(ceph_fsid|created_at|keyring_|bluefs|kv_backend|mkfs_done|type|ready)'
    ls -R /var/lib/ceph/mon | grep -E '^/|keyring|done'
    systemctl list-units --all --no-legend --plain 'ceph*' 'frr*' | awk '{print $1, $3, $4}' | sort
    systemctl list-unit-files --no-legend 'ceph*' 'frr*' | awk '{print $1, $2}' | sort
    """

  private static let cluster = """
    ceph mon dump -f json 2>/dev/null | python3 -c 'import json,sys
    print("mons", sorted(m["name"] for m in json.load(sys.stdin)["mons"]))'
    ceph osd dump -f json | python3 -c 'import json,sys
    d = json.load(sys.stdin)
    for o in d["osds"]: print("osd", o["osd"], o["uuid"], o["up"], o["in"])
    keys = ["pool_name", "size", "min_size", "pg_num", "crush_rule", "pg_autoscale_mode", "application_metadata"]
    for p in sorted(d["pools"], key=lambda p: p["pool_name"]): print("pool", [p[k] for k in keys])'
    ceph auth ls -f json 2>/dev/null | python3 -c 'import json,sys
    for e in json.load(sys.stdin)["auth_dump"]: print("auth", e["entity"], sorted(e["caps"].items()))'
    ceph osd crush rule dump -f json | python3 -c 'import json,sys
    for r in json.load(sys.stdin): print("rule", r["rule_name"], r["steps"])'
    ceph config dump -f json | python3 -c 'import json,sys
    for c in json.load(sys.stdin): print("config", c["section"], c["mask"], c["name"], c["value"])'
    ceph osd tree -f json | python3 -c 'import json,sys
    for n in json.load(sys.stdin)["nodes"]: print("tree", n["name"], n["type"], n.get("crush_weight"), n.get("device_class"))' | sort
    """
}
