import Design
import Testing

@testable import Lab

@Suite struct FaultWordsTests {
  private let design = TestDesigns.racked("words", racks: 2, hosts: 2, spines: 1, network: 95)

  @Test(arguments: [
    "host a1 off", "host s1 frozen", "host a-l1 silent", "link s1 a-l1 down", "link a1 a-l2 silent",
    "disk a1 slow 10MiB", "daemon a1 ceph-osd@3.service",
  ])
  func readsItsOwnWords(_ words: String) throws {
    #expect("\(try Fault(words: words.split(separator: " ").map(String.init), design: design))" == words)
  }

  @Test func fillsInWhatIsUsual() throws {
    #expect(try Fault(words: ["disk", "a1", "slow"], design: design) == .diskSlow("a1", rate: .init(1 << 20)))
    #expect(try Fault(words: ["daemon", "a1", "frr"], design: design) == .daemonKilled("a1", unit: "frr.service"))
  }

  @Test(arguments: [
    ("host a9 off", "a9: is no host or switch of the site; it has s1, a-l1, a-l2, b-l1, b-l2, a1, a2, b1, b2"),
    ("host a1 dead", "dead: is nothing that a host can be; use off, frozen or silent"),
    ("link a1 b-l1 down", "link a1 b-l1: there is no such link; a1 has links to a-l1, a-l2"),
    ("link a1 a-l1 slow", "slow: is nothing that a link can be; use down or silent"),
    ("disk a1 fast", "fast: is nothing that a disk can be; use slow"),
    ("disk a1 slow 5", "5: is no rate; write bytes a second with a unit, such as 1MiB"),
    ("power a1", "power a1: is no fault; use \(Fault.usage)"),
    ("", "fault: is no fault; use \(Fault.usage)"),
  ])
  func saysWhatIsWrong(_ words: String, _ message: String) {
    let error = #expect(throws: LabError.self) {
      try Fault(words: words.split(separator: " ").map(String.init), design: design)
    }
    #expect(error?.description == message)
  }

  @Test func silentLinksOfOneNodeAreOneFault() {
    func ends(_ node: String) -> Set<Link.End> {
      Set(design.links.filter { $0.a.node == node || $0.b.node == node }.flatMap { [$0.a, $0.b] })
    }
    #expect(Lab.linkFaults(design, silenced: ends("a-l1"), pulled: []) == [.silent("a-l1")])
    let one = Link.End(node: "a1", interface: "a-l1")
    #expect(Lab.linkFaults(design, silenced: [one], pulled: []) == [.linkSilent("a-l1", "a1")])
    #expect(Lab.linkFaults(design, silenced: [], pulled: [one]) == [.linkDown("a-l1", "a1")])
    #expect(Lab.linkFaults(design, silenced: ends("a-l1").union(ends("b1")), pulled: []).count == 2)
    #expect(Lab.linkFaults(design, silenced: [], pulled: []) == [])
  }
}
