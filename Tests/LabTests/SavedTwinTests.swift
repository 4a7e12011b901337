import Design
import Foundation
import Processes
import Site
import Testing

@testable import Lab

/// Manifests, staleness and collection: no host is needed.
@Suite struct SavedTwinTests {
  private static func twin(_ name: String, id: String, layers: [[String]], network: UInt32 = 71) -> SavedTwin {
    let design = TestDesigns.flat("vardetest7", hosts: layers.count, network: network)
    let image = ImageIdentity(
      kind: .full, key: "0123456789abcdef", packages: ["frr": "8.4.4-1", "ceph-osd": "16.2.15"])
    let hosts = zip(design.nodes, layers).map { SavedTwin.Host(name: $0.name, layers: $1) }
    return SavedTwin(
      name: name, site: design.site, createdAt: Date(timeIntervalSince1970: 1_790_000_000), siteText: "site: x\n",
      design: design, image: image, bytes: 1 << 20, id: id, hosts: hosts)
  }

  private let twin = Self.twin("v1.2", id: "1f00c2a9", layers: [["1f00c2a9-0"], ["1f00c2a9-1", "00000001-1"]])

  @Test func manifestsComeBack() throws {
    let text = try twin.manifest
    #expect(try SavedTwin(manifest: text, name: "v1.2") == twin)
    #expect(try twin.manifest == text)
    #expect(try SavedTwin(manifest: text, name: "v1.2").designDigest == twin.designDigest)
  }

  @Test(arguments: [
    (#""version":1"#, #""version":2"#, "has version 2: is not known"),
    (#""id":"1f00c2a9""#, #""id":"../../..""#, "has the id '../../..'"),
    (#""1f00c2a9-0""#, #""../1f00c2a9-0""#, "has layers of h1 that no host can have"),
    (#"1"],"name":"h2"}"#, #"1"],"name":"h3"}"#, "has other hosts than its design"),
    (#""key":"0123456789abcdef""#, #""key":"../../etc/passwd""#, "has no image"),
    (#""name":"v1.2""#, #""name":"v1""#, "is of 'v1'"),
    (#""version":1"#, "", "cannot be read"),
  ])
  func brokenManifestsAreRefused(_ old: String, _ new: String, _ words: String) throws {
    let text = try twin.manifest
    let broken = text.replacing(old, with: new)
    #expect(broken != text)
    let error = #expect(throws: LabError.self) { try SavedTwin(manifest: broken, name: "v1.2") }
    #expect(error?.description.contains(words) ?? false, "\(error.map(String.init(describing:)) ?? "")")
    #expect(error?.description.contains("varde lab forget v1.2") ?? false)
  }

  @Test(arguments: [
    "", ".", "..", "a/b", "../a", ".a", "a.", "-a", "a b", "ä", "a\n", String(repeating: "a", count: 65),
  ])
  func badNamesAreRefused(_ name: String) { #expect(throws: LabError.self) { try SavedTwin.checkName(name) } }

  @Test(arguments: ["a", "v1.2", "Three-racks.2026", String(repeating: "a", count: 64)])
  func goodNamesAreTaken(_ name: String) throws { try SavedTwin.checkName(name) }

  @Test func stalenessNamesWhatHasChanged() throws {
    let image = twin.image
    func reasons(_ design: Design?, _ image: ImageIdentity?, key: String = "0123456789abcdef") throws -> [String] {
      try twin.staleness(design: design, image: image, key: key)
    }
    #expect(try reasons(twin.design, image) == [])
    let grown = TestDesigns.flat("vardetest7", hosts: 3, network: 71)
    #expect(try reasons(grown, image) == ["the design has changed: h3 added"])
    #expect(try reasons(nil, image) == [], "any design will do")
    let moved = TestDesigns.flat("vardetest7", hosts: 2, network: 72)
    #expect(try reasons(moved, image) == ["the design has changed: h1, h2 changed, the network"])

    var newer = image
    newer.packages["frr"] = "8.4.4-2"
    newer.packages["ceph-osd"] = nil
    #expect(
      try reasons(twin.design, newer)
        == ["packages of the image have changed: ceph-osd 16.2.15 is missing now, frr 8.4.4-1 is 8.4.4-2 now"])
    #expect(try reasons(twin.design, nil) == ["the image 'full' that it was made of is no longer there"])
    #expect(try reasons(twin.design, image, key: "fedcba9876543210").first?.contains("another way") ?? false)
  }

  @Test func onlyWhatNobodyUsesIsCollected() {
    let older = Self.twin("old", id: "00000001", layers: [["00000001-0"], ["00000001-1"]])
    let layers = ["00000001-0", "00000001-1", "00000002-0", "1f00c2a9-0", "1f00c2a9-1", "eeeeeeee-0"]
    let saves = ["00000001", "00000002", "1f00c2a9"]
    func inventory(_ twins: [SavedTwin]) -> SavedStore.Inventory {
      SavedStore.Inventory(layers: layers, saves: saves, twins: twins, inUse: ["eeeeeeee-0"])
    }
    #expect(inventory([twin, older]).uselessLayers == ["00000002-0"])
    #expect(inventory([twin, older]).uselessSaves == ["00000002"])
    // A layer of a forgotten twin that a later one stands on stays.
    #expect(inventory([twin]).uselessLayers == ["00000001-0", "00000002-0"])
    #expect(inventory([twin]).uselessSaves == ["00000001", "00000002"])
  }

  @Test func listsOfLayersComeBackAndHaveABound() throws {
    let paths = LabPaths(site: "x", base: "/var/lib/varde")
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("varde-layers-\(UUID())").path
    defer { unlink(file) }
    let layers = RootLayers(saved: ["1f00c2a9-1", "00000001-1"], image: "/var/lib/varde/images/full-0123456789abcdef")
    try Files.write(layers.text, to: file)
    #expect(RootLayers.read(file, base: "/var/lib/varde") == layers)
    #expect(
      layers.directories(paths) == [
        "/var/lib/varde/saved/layers/1f00c2a9-1", "/var/lib/varde/saved/layers/00000001-1",
        "/var/lib/varde/images/full-0123456789abcdef",
      ])
    #expect(layers.fit(paths))
    let many = RootLayers(saved: Array(repeating: "00000000-00000", count: 91), image: layers.image)
    #expect(!many.fit(paths))
  }
}
