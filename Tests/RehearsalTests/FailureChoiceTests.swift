import Design
import Guarantees
import Site
import Testing

@testable import Rehearsal

@Suite struct FailureChoiceTests {
  @Test func aFewAreOneOfEachKindFirst() throws {
    let choice = FailureChoice(try Sample.threeRacks(), most: 6)
    #expect(choice.items.map(\.kind) == [.rack, .host, .leaf, .spine, .disk, .mon])
    #expect(Set(choice.items.map(\.component)).count == 6)
    #expect(choice == FailureChoice(try Sample.threeRacks(), most: 6))
  }

  @Test func failuresThatAreAlikeAreSpreadOverRacks() throws {
    let items = FailureChoice(try Sample.threeRacks(), most: 3).items
    #expect(items.map(\.component) == [.rack("a"), .node("b1"), .node("a-l1")])
    #expect(items.map(\.alike) == [2, 2, 2], "a manager is in two of the racks")
  }

  @Test func withoutABoundEverySingleOneIsChosenOnce() throws {
    let design = try Sample.threeRacks()
    let all = FailureGroup.all(of: design).flatMap(\.members)
    let chosen = FailureChoice(design).items.map(\.component)
    #expect(Set(chosen) == Set(all) && chosen.count == all.count)
    #expect(FailureChoice(design, most: 10_000).items.count == all.count)
    #expect(FailureChoice(design, most: 0).items.isEmpty)
  }

  @Test func whatNobodyAskedToSurviveIsLeftOut() throws {
    let design = try Sample.threeRacks("survive: { storage: host, network: none, control: none }\n")
    let choice = FailureChoice(design)
    let kinds = Set(choice.items.map(\.kind))
    #expect(kinds == [.disk, .host, .mon, .mgr])
    #expect(choice.items.allSatisfy { !$0.promised.contains(.control) && $0.promised.contains(.storageIO) })
  }

  @Test func aHostThatIsAloneHasNothingToSurvive() throws {
    let design = try Sample.design(
      """
      site: s
      hosts: { a1: { address: 198.18.0.11 } }
      survive: { storage: none, network: none, control: none }

      """)
    #expect(FailureChoice(design).items.isEmpty)
  }
}

enum Sample {
  static func design(_ yaml: String) throws -> Design {
    Design(try SiteFile.decode(yaml, path: "site.yaml").get())
  }

  static func threeRacks(_ extra: String = "") throws -> Design {
    var text =
      "site: s\nnetwork: { spines: { s1: { address: 198.18.0.201 }, s2: { address: 198.18.0.202 } } }\nracks:\n"
    for (index, rack) in ["a", "b", "c"].enumerated() {
      text += "  \(rack): { leaves: { \(rack)-l1: { address: 198.18.0.\(111 + 10 * index) }, "
      text += "\(rack)-l2: { address: 198.18.0.\(112 + 10 * index) } } }\n"
    }
    text += "hosts:\n"
    for (index, rack) in ["a", "b", "c"].enumerated() {
      for host in 1...2 {
        text += "  \(rack)\(host): { rack: \(rack), address: 198.18.0.\(10 + 10 * index + host), "
        text += "disks: [{ path: /dev/vdb, size: 10GiB }] }\n"
      }
    }
    return try design(text + "storage: { ceph: { pools: { vms: {} } } }\n" + extra)
  }
}
