import Design
import Foundation
import HostProtocol
import Testing

@testable import Plan

/// The saved form is read by other people's pipelines: it stays as `Golden/plan.json` has it, which names every kind of
/// action, gate, component and resource. A new member may be added to that file; none may be renamed or removed.
@Suite struct SavedFormatTests {
  private static let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/plan.json")

  @Test func theFormIsWhatItWas() throws {
    let saved = try String(contentsOf: Self.file, encoding: .utf8)
    let now = String(decoding: try SavedPlan.encode(Self.plan), as: UTF8.self) + "\n"
    if saved != now, ProcessInfo.processInfo.environment["VARDE_GOLDEN"] == "write" {
      try now.write(to: Self.file, atomically: true, encoding: .utf8)
    }
    #expect(UnifiedDiff.lines(from: saved, to: now) == [])
    #expect(try SavedPlan.decode(Data(saved.utf8), path: "plan.json") == Self.plan)
  }

  /// The page names every member and kind that the file has.
  @Test func thePageNamesAllOfTheForm() throws {
    let root = (1...4).reduce(Self.file) { url, _ in url.deletingLastPathComponent() }
    let page = try String(contentsOf: root.appending(path: "docs/saved-plan.md"), encoding: .utf8)
    let object = try JSONSerialization.jsonObject(with: Data(contentsOf: Self.file))
    // Names of the site's own things, and of Ceph's, stand in these.
    let open: Set<String> = ["expect", "members", "values", "unreachable"]
    func names(_ value: Any) -> Set<String> {
      if let list = value as? [Any] { return list.reduce(into: []) { $0.formUnion(names($1)) } }
      guard let object = value as? [String: Any] else { return [] }
      return object.reduce(into: Set(object.keys)) { all, member in
        if !open.contains(member.key) { all.formUnion(names(member.value)) }
      }
    }
    // In JSON examples, or as a member of a table.
    let missing = names(object).filter { !page.contains("\"\($0)\"") && !page.contains("`\($0)`") }
    #expect(missing.sorted() == [])
  }

  /// Plans of a Varde that did not know a member yet.
  @Test func aRebootWithoutALastStopIsRead() throws {
    let text = #"{"reboot":{"node":"a1","stopping":["x"]}}"#
    #expect(try JSONDecoder().decode(Action.self, from: Data(text.utf8)) == .reboot(node: "a1", stopping: ["x"]))
  }

  private static var plan: Plan {
    var steps = gates.enumerated().map { number, gate in
      Step(id: "gate/\(number)", title: "waits", phase: "gates", action: .wait, gate: gate, deadline: 300)
    }
    steps.append(
      Step(
        id: "a1/osd.3", title: "restart", phase: "ceph", before: .mon(via: ["a1"], commands: []), action: .wait,
        after: .mon(via: ["a1"], commands: [])))
    steps.append(
      Step(
        id: "ceph/pools", title: "pools", phase: "ceph", needs: ["gate/0"],
        action: .mon(
          via: ["a1"],
          commands: [
            MonChange(
              MonCommand(json: #"{"prefix":"osd new"}"#, input: "in", timeout: 30, client: "client.admin"),
              expect: ["osdid": 3])
          ])))
    let boot = BootIdentity(kernel: "k", firstProcess: "7")
    steps.append(
      Step(
        id: "a1/reboot", title: "boot", phase: "reboot",
        action: .reboot(
          node: "a1", stopping: ["ceph-osd@3.service"],
          lastly: LastStop(when: .active, units: ["ceph-mon@a1.service"]))))
    steps.append(
      Step(
        id: "a1/reimage", title: "install", phase: "reimage",
        action: .reimage(node: "a1", stopping: [], since: boot, resources: [])))
    steps.append(
      Step(
        id: "a1/all", title: "all", phase: "hosts", action: .converge(host: "a1", resources: resources),
        why: [Difference(resource: "file:/etc/x", changes: [Change("mode", from: "0600", to: "0644")])],
        takesDown: [
          .node("a1"), .rack("a"), .link("a-l1", "a1"), .osd(host: "a1", disk: "/dev/vdb"), .mon("a1"), .mgr("a1"),
          .routing("a1"), .pool("vms"),
        ],
        undo: .converge(host: "a1", resources: []), deadline: 60))
    var plan = Plan(site: "s", steps: steps, notes: ["a note"], unreachable: ["b1": "no answer"])
    plan.moreFollows = true
    return plan
  }

  private static let gates: [Gate] = [
    .none, .routing(nodes: ["a1"], without: ["b1"]), .quorum(mons: ["a1"]), .mgrs(count: 2), .osdsUp(ids: [0]),
    .osdRestarted(id: 0, after: 42), .osdRestarted(id: 0, after: 42, release: "18.2"),
    .monRestarted(mon: "a1", quorum: ["a1", "b1"]), .release(atLeast: "18.2", kinds: ["osd"]),
    .reachable(nodes: ["a2"]),
    .all(of: [.clean, .active]), .active, .clean, .drained(osds: [0]), .osdsDown(ids: [0]), .healthy,
    .rebooted(node: "a1", since: BootIdentity(kernel: "k", firstProcess: "7")),
    .mgrRestarted(mgr: "a1", after: 4100, count: 2),
  ]

  private static let resources: [Resource] = [
    .package(PackageResource("frr", version: "10.3")),
    .package(PackageResource("ceph-osd", atLeast: "18.2", suite: "trixie")),
    .file(FileResource("/etc/x", content: "x\n", secret: true, validate: ["check", "%s"])),
    .directory(DirectoryResource("/srv")),
    .user(UserResource("ceph", uid: 64045, group: "ceph", home: "/var/lib/ceph")),
    .group(GroupResource("ceph", gid: 64045)),
    .unit(UnitResource("frr.service", enabled: true, running: true, restartOn: ["/etc/x"], reloadOn: ["/etc/y"])),
    .sysctls(SysctlResource("kernel", values: ["vm.swappiness": "10"])),
    .module(ModuleResource("br_netfilter")),
    .interface(InterfaceResource("a-l1", mtu: 9000, addresses: ["198.18.64.11/32"])),
    .cephMon(CephMonResource(name: "a1", fsid: "f", members: ["a1": "[v2:198.18.64.11:3300/0]"], keyring: "k")),
    .cephOSD(
      CephOSDResource(id: 0, uuid: "u", fsid: "f", device: "/dev/vdb", size: 10, deviceClass: "ssd", key: "k")),
    .command(CommandResource("unmask", argv: ["systemctl", "unmask", "x"], unless: ["true"])),
  ]
}
