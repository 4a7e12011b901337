import Ceph
import Crush
import Design
import Foundation
import Guarantees
import TestSupport
import Testing

/// Clusters of the field, proved from their dumps.
@Suite struct ClusterDumpsTests {
  private func dumps(_ folder: String, groups: String? = nil) throws -> ClusterDumps {
    let osds = try FieldInput.data("ceph/\(folder)/osd.json")
    let crush = try CrushMap(FieldInput.data("ceph/\(folder)/crush.json"))
    return ClusterDumps(
      map: try OSDMap(json: osds, crush: crush), osdDump: osds,
      osdTree: try? FieldInput.data("ceph/\(folder)/tree.json"),
      pgDump: try FieldInput.data("ceph/\(groups ?? folder)/pg.json"))
  }

  @Test func bucketsOfEveryTypeAreTried() throws {
    let cluster = try dumps("prove-datacenter").cluster()
    let proof = Proof(cluster)
    let kinds = proof.summaries.map { "\($0.kinds[0]) \($0.count)" }
    #expect(kinds == ["disk 24", "host 6", "datacenter 3", "root 1"])
    let broken = proof.cases.filter { $0.kinds == [.bucket("datacenter")] }
    #expect(broken.map { $0.example.map(\.description) } == [["datacenter dc1"]], "\(broken)")
    #expect(broken.first?.broken.map(\.why) == ["placement groups stop: 1 of pool 'ec'"], "\(broken)")
    #expect(try cluster.failure(called: "datacenter dc1").osds == Set(8...15))
    #expect(try cluster.kinds(upTo: .bucket("datacenter")) == [.disk, .host, .bucket("datacenter")])
    #expect(!Proof(cluster, mustSurvive: try cluster.kinds(upTo: .bucket("datacenter"))).brokenPromises.isEmpty)
    #expect(Proof(cluster, mustSurvive: try cluster.kinds(upTo: .host)).brokenPromises.isEmpty)
    #expect(throws: ComponentError.self) { try cluster.failure(called: "rack a") }
    #expect(throws: ComponentError.self) { try cluster.kinds(upTo: .rack) }
  }

  @Test func whatIsBrokenNowIsToldOnce() throws {
    let proof = Proof(try dumps("prove-one-inactive").cluster())
    #expect(proof.now.map(\.guarantee) == [.storageIO])
    #expect(proof.now[0].why.contains("1 of pool") && proof.now[0].why.contains("incomplete"), "\(proof.now)")
    let lesser = proof.cases.filter { $0.kinds != [.bucket("root")] }
    #expect(lesser.isEmpty, "no disk or host adds anything: \(lesser)")
    let text = ProofText(proof).text
    #expect(text.contains("As things are now\n"))
    #expect(text.ranges(of: "incomplete").count == 1)
  }

  @Test func dumpsOfSeveralClustersAreRefused() throws {
    #expect { try dumps("prove-datacenter", groups: "prove-one-inactive").cluster() } throws: {
      "\($0)".contains("another cluster's") || "\($0)".contains("of several clusters")
    }
  }

  @Test func theJSONOfAProofIsStable() throws {
    let cluster = try dumps("prove-datacenter").cluster()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let texts = try (0..<5).map { _ in String(decoding: try encoder.encode(Proof(cluster)), as: UTF8.self) }
    #expect(Set(texts).count == 1)
    #expect(texts[0].contains(#""breaks":{"#))
  }
}
