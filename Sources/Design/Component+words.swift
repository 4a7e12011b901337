/// Words that name no component of a site.
public struct ComponentError: Error, Sendable, CustomStringConvertible {
  public var words: String
  /// What is wrong with them, and what could stand there.
  public var remedy: String

  public init(words: String, remedy: String) {
    self.words = words
    self.remedy = remedy
  }

  public var description: String { "'\(words)': \(remedy)" }
}

extension Component {
  /// Reads what a person writes: `a1`, `rack a`, `link s1 a-l1`, `osd a1:/dev/vdb`, `mon a1`, `mgr a1`, `routing a-l1`,
  /// `pool vms`.
  public init(_ text: String, in design: Design) throws(ComponentError) {
    let words = text.split(separator: " ").map(String.init)
    func node(_ name: String) throws(ComponentError) -> String {
      guard design.node(name) != nil else {
        throw ComponentError(
          words: text, remedy: "no host or switch is called '\(name)'; write a1, rack a, link s1 a-l1, osd a1:/dev/vdb")
      }
      return name
    }
    switch (words.first, words.count) {
    case ("rack", 2):
      guard design.nodes.contains(where: { $0.rack == words[1] }) else {
        throw ComponentError(words: text, remedy: "no rack is called '\(words[1])'")
      }
      self = .rack(words[1])
    case ("link", 3):
      let ends = Set([try node(words[1]), try node(words[2])])
      guard let link = design.links.first(where: { Set([$0.a.node, $0.b.node]) == ends }) else {
        throw ComponentError(words: text, remedy: "no cable joins these two")
      }
      self = .link(link.a.node, link.b.node)
    case ("osd", 2):
      let parts = words[1].split(separator: ":", maxSplits: 1).map(String.init)
      let osd = design.ceph?.osds.first { parts == [$0.host, $0.disk.path] }
      guard let osd else { throw ComponentError(words: text, remedy: "no such disk; write osd HOST:PATH") }
      self = .osd(host: osd.host, disk: osd.disk.path)
    case ("mon", 2):
      guard design.ceph?.mons.contains(words[1]) == true else {
        throw ComponentError(words: text, remedy: "no monitor runs on '\(words[1])'")
      }
      self = .mon(words[1])
    case ("mgr", 2):
      guard design.ceph?.mgrs.contains(words[1]) == true else {
        throw ComponentError(words: text, remedy: "no manager runs on '\(words[1])'")
      }
      self = .mgr(words[1])
    case ("pool", 2):
      guard design.ceph?.pools.contains(where: { $0.name == words[1] }) == true else {
        throw ComponentError(words: text, remedy: "no pool is called '\(words[1])'")
      }
      self = .pool(words[1])
    case ("routing", 2): self = .routing(try node(words[1]))
    case (_?, 1): self = .node(try node(words[0]))
    default: throw ComponentError(words: text, remedy: "write a1, rack a, link s1 a-l1, osd a1:/dev/vdb, mon a1")
    }
  }
}
