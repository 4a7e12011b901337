import Foundation
import Guarantees
import Site
import Testing

@testable import Design

@Suite struct OutputTests {
  static let examples = ["one-vm", "three-hosts", "one-rack", "three-racks"]

  @Test(arguments: examples)
  func reportEndsWithTheNextStep(name: String) throws {
    let report = CheckReport(Design(try Sites.example(name)))
    #expect(report.text.hasSuffix("\nNext step\n  \(report.nextStep)\n"))
  }

  @Test func nextStepLeadsFromOneHostToFourRacks() throws {
    func step(_ site: Site, pools: Bool = true) -> String {
      var site = site
      if pools { site.storage.ceph = CephStorage(pools: [Pool(name: "vms")]) }
      return CheckReport(Design(site)).nextStep
    }
    #expect(step(Sites.flat(1, disks: 0)).hasPrefix("to have storage, give hosts the disks"))
    #expect(step(Sites.flat(1), pools: false).hasPrefix("to use the storage, add a pool"))
    #expect(step(Sites.flat(1)).hasPrefix("to survive a disk"))
    #expect(step(Sites.flat(1, disks: 3)) == "to survive a host, add two more hosts with disks")
    #expect(step(Sites.flat(3)).hasPrefix("to survive a switch or a rack"))
    #expect(step(Sites.racked(2, hosts: 2)) == "to survive a rack, add a host with disks in a third rack")
    #expect(step(Sites.racked(3, hosts: 2)).hasSuffix("add disks in one more rack"))
    #expect(step(Sites.racked(4, hosts: 2)).hasPrefix("keep the data below"))
    var oneLeaf = Sites.racked(3, hosts: 1)
    oneLeaf.racks[1].leaves.removeLast()
    #expect(step(oneLeaf) == "to survive a switch, add a second leaf to rack r2")
  }

  @Test func oneCopyIsARisk() throws {
    var site = Sites.flat(1)
    site.storage.ceph = CephStorage(pools: [Pool(name: "vms")])
    #expect(CheckReport(Design(site)).risks.count == 1)
    #expect(CheckReport(Design(try Sites.example("three-racks"))).risks.isEmpty)
  }

  @Test(arguments: examples)
  func everyPartHasEveryHost(name: String) throws {
    let design = Design(try Sites.example(name))
    let text = DesignText(design)
    for host in design.hosts {
      #expect(text.text(.addresses).contains(host.name) && text.text(.placement).contains(host.name))
    }
    let parts = DesignText.Part.allCases.filter { $0 != .all }.map { text.text($0) }
    #expect(text.text(.all) == parts.joined(separator: "\n"))
    #expect(!text.text(.all).split(separator: "\n").contains { $0.hasSuffix(" ") })
  }

  @Test(arguments: examples)
  func jsonRoundTripsAndIsStable(name: String) throws {
    let design = Design(try Sites.example(name))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let json = try encoder.encode(design)
    #expect(try JSONDecoder().decode(Design.self, from: json) == design)
    #expect(String(decoding: json, as: UTF8.self).contains(#""roles":["control","storage","compute"]"#))
  }

  @Test func componentsRoundTrip() throws {
    let components: [Component] = [
      .node("a1"), .rack("a"), .link("s1", "a-l1"), .osd(host: "a1", disk: "/dev/vdb"), .mon("a1"), .mgr("a1"),
      .routing("s1"),
    ]
    let json = try JSONEncoder().encode(components)
    #expect(try JSONDecoder().decode([Component].self, from: json) == components)
  }

  @Test(arguments: examples)
  func pictureIsXMLAndShowsEveryNode(name: String) throws {
    let design = Design(try Sites.example(name))
    let picture = DesignPicture(design)
    for node in design.nodes {
      #expect(picture.svg.contains(">\(node.name)</text>"))
      let box = try #require(picture.layout.boxes[node.name])
      #expect(box.x >= 0 && box.x + box.width <= picture.layout.width)
      #expect(box.y >= 0 && box.y + box.height <= picture.layout.height)
    }
    #expect(XMLCheck.isBalanced(picture.svg))
  }

  @Test func pictureOfTwentyRacksOverlapsNothing() {
    let boxes = DesignPicture(Design(Sites.racked(20, hosts: 12))).layout.boxes.values.map { $0 }
    for (index, a) in boxes.enumerated() {
      for b in boxes[(index + 1)...] {
        let apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
        #expect(apart)
      }
    }
  }
}

/// Whether every element of a document is closed.
private enum XMLCheck {
  static func isBalanced(_ xml: String) -> Bool {
    var open: [Substring] = []
    for tag in xml.split(separator: "<").map({ $0.prefix { $0 != ">" } }) {
      if tag.hasPrefix("/") {
        guard open.popLast() == tag.dropFirst() else { return false }
      } else if !tag.hasSuffix("/") {
        open.append(tag.prefix { $0 != " " })
      }
    }
    return open.isEmpty
  }
}
