import Design
import Foundation
import HostProtocol
import Plan
import Testing

@testable import Ceph

@Suite struct CephSecretTests {
  /// `ceph-authtool --gen-key` writes 28 bytes: type, time, length, 16 random ones.
  @Test func aKeyHasTheFormOfCephx() throws {
    let bytes = try #require(Data(base64Encoded: CephSecret.make(CephSecret.key("mon."))))
    #expect(bytes.count == 28)
    #expect(Array(bytes.prefix(2)) == [1, 0])
    #expect(Array(bytes[10..<12]) == [16, 0])
    #expect(CephSecret.make(CephSecret.key("mon.")) != CephSecret.make(CephSecret.key("mon.")))
  }

  @Test func keyringsReadBack() throws {
    let text = "[mon.]\n\tkey = AQ==\n\tcaps mon = \"allow *\"\n[client.admin]\n\tkey = AR==\n"
    #expect(CephIdentity.keys(in: text) == ["ceph/mon.": "AQ==", "ceph/client.admin": "AR=="])
    #expect(CephIdentity.option("fsid", in: "[global]\nfsid = x-y\n") == "x-y")
  }
}

@Suite struct ClusterChangesTests {
  private var ceph: CephDesign { get throws { try #require(ThreeRacks.design.ceph) } }

  private func complete() throws -> ClusterState { try #require(ClusterState.whole(ThreeRacks.design)) }

  private func all(_ changes: ClusterChanges) -> [String] {
    let pools = changes.pools.flatMap { $0.placement + $0.groups }
    let others = changes.config + changes.keys + changes.newOSDs + changes.rules
    return (others + pools).map(\.command.summary)
  }

  @Test func aCompleteClusterNeedsNothing() throws {
    #expect(try all(ClusterChanges(ceph: ceph, state: complete())).isEmpty)
  }

  @Test func anEmptyClusterNeedsEverything() throws {
    let changes = ClusterChanges(ceph: try ceph, state: nil)
    #expect(changes.newOSDs.map(\.expect) == (0..<9).map { ["osdid": $0] })
    #expect(!changes.config.isEmpty && !changes.rules.isEmpty)
    #expect(changes.pools.first?.placement.first?.command.summary.hasPrefix("osd pool create") == true)
  }

  @Test func numbersAreKeptAndHolesFilled() throws {
    var state = try complete()
    state.osds.removeAll { $0.id == 3 || $0.id == 5 }
    let numbers = ClusterChanges(ceph: try ceph, state: state).osdNumbers
    #expect(try ceph.osds.map { numbers[$0.disk.uuid] } == [0, 1, 2, 3, 4, 5, 6, 7, 8])
    state.osds[0].id = 70
    #expect(try ClusterChanges(ceph: ceph, state: state).osdNumbers[state.osds[0].uuid] == 70)
  }

  @Test func whatTheDesignNoLongerSetsIsTakenBack() throws {
    var state = try complete()
    state.config.append(ConfigOption(section: "osd/host:a1", name: "bluestore_cache_meta_ratio", value: "0.5"))
    state.config.append(ConfigOption(section: "mon", name: "mon_warn_on_pool_no_redundancy", value: "false"))
    #expect(
      try all(ClusterChanges(ceph: ceph, state: state)) == [
        "config rm name=mon_warn_on_pool_no_redundancy who=mon"
      ])
  }

  @Test func destroyedOSDsKeepTheirNumbers() throws {
    var state = try complete()
    let zero = "00000000-0000-0000-0000-000000000000"
    for index in 3...4 { state.osds[index].uuid = zero }
    let changes = ClusterChanges(ceph: try ceph, state: state)
    // Both disks are new ones on the hosts whose OSDs were destroyed.
    #expect(try ceph.osds[3...4].map { changes.osdNumbers[$0.disk.uuid] } == [3, 4])
    #expect(
      try changes.newOSDs.map(\.command.summary)
        == ceph.osds[3...4].enumerated().map { "osd new id=\($0 + 3) uuid=\($1.disk.uuid)" })
  }

  @Test func onlyWhatDiffersIsSet() throws {
    var state = try complete()
    state.pools[0].minSize = 1
    #expect(
      try all(ClusterChanges(ceph: ceph, state: state)) == ["osd pool set pool=vms val=2 var=min_size"])
  }

  @Test func aPoolsUserMayUseThatPoolOnly() throws {
    #expect(Keyring.rbd(pool: "vms").caps["osd"] == "profile rbd pool=vms")
    #expect(Keyring.rbd(pool: "vms").caps["mon"] == "profile rbd")
  }
}

@Suite struct CephStepsTests {
  @Test func aNewClusterIsBuiltInOrder() throws {
    let design = ThreeRacks.design
    let steps = try #require(CephSteps(design, state: nil))
    var differences: [String: [String: Difference]] = [:]
    for node in design.hosts {
      differences[node.name] = Dictionary(
        steps.resources(node).map { ($0.id, Difference(resource: $0.id, changes: [Change("x", from: nil, to: "y")])) }
      ) { first, _ in first }
    }
    var assembly = Assembly()
    steps.add(to: &assembly, differences: differences, needs: [])
    let plan = try assembly.plan(site: "test", notes: [])
    #expect(plan.defects.isEmpty)
    #expect(plan.steps.count { $0.id.contains("/osd.") } == 9)
    #expect(plan.steps.count { $0.id.hasSuffix("/mon") } == 3)
    #expect(plan.steps.last?.gate == .healthy)
  }

  @Test func noSecretStandsInAPlan() throws {
    let steps = try #require(CephSteps(ThreeRacks.design, state: nil))
    for resource in ThreeRacks.design.hosts.flatMap(steps.resources) {
      if case .file(let file) = resource, file.path.hasSuffix("keyring"), file.present {
        #expect(file.secret && file.mode & 0o077 == 0)
        #expect(!SecretReference.names(in: file.content).isEmpty)
      }
    }
  }
}
