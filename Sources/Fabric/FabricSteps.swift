import Design
import HostProtocol
import Plan

/// The steps of the fabric: every node by itself, then all of them together.
public struct FabricSteps: Sendable {
  let design: Design

  public init(_ design: Design) { self.design = design }

  /// The last step, which whatever uses the network needs.
  public static let converged = "fabric/converged"

  /// Adds the steps.
  ///
  /// - Parameters:
  ///   - differences: node to resource's id to its difference
  ///   - needs: for each node, the steps that must have passed before
  public func add(
    to assembly: inout Assembly, differences: [String: [String: Difference]], needs: (Node) -> [String]
  ) {
    guard design.hasFabric else { return }
    let nodes = design.nodes.filter { $0.asn != nil }
    let new = newNodes(differences)
    for node in nodes {
      assembly.converge(
        "\(node.name)/fabric", title: "routing", phase: "fabric", host: node.name,
        resources: Fabric.resources(node, in: design), differences: differences[node.name] ?? [:], needs: needs(node)
      ) { step in
        guard !new.contains(node.name) else {
          step.deadline = 1800
          return
        }
        // A node whose daemons run already carries traffic: what changes it must prove itself, or is taken back.
        if Self.restarts(step.why) { step.takesDown = [.routing(node.name)] }
        step.gate = .routing(nodes: [node.name], without: new)
        step.deadline = 120
        step.undo = Self.undo(step.action, step.why)
      }
    }
    assembly.wait(
      Self.converged, title: "every session up, every loopback over every path", phase: "fabric",
      needs: nodes.map { "\($0.name)/fabric" }, gate: .routing(nodes: nodes.map(\.name)))
  }

  /// Resources of a node that has left the site: it speaks no more.
  public static let former: [Resource] = [.unit(UnitResource("frr.service", enabled: false, running: false))]

  /// Adds a step for each node that has left the site.
  ///
  /// - Parameter needs: the steps after which nobody needs the node
  public func addDepartures(
    to assembly: inout Assembly, of nodes: [String], differences: [String: [String: Difference]], needs: [String]
  ) {
    for node in nodes {
      assembly.converge(
        "\(node)/fabric-leaves", title: "routing stops", phase: "fabric", host: node, resources: Self.former,
        differences: differences[node] ?? [:], needs: needs)
    }
  }

  /// Nodes that are yet to take part.
  public func newNodes(_ differences: [String: [String: Difference]]) -> [String] {
    guard design.hasFabric else { return [] }
    return design.nodes.filter { $0.asn != nil }.map(\.name).filter { Self.isNew(differences[$0] ?? [:]) }
  }

  private static let unit = "unit:frr.service"

  /// Whether FRR is yet to be started for the first time.
  static func isNew(_ differences: [String: Difference]) -> Bool {
    let start = differences[unit]?.changes.contains { $0.attribute == "running" || $0.attribute == "unit" }
    return differences["package:frr"] != nil || start ?? false
  }

  static func restarts(_ why: [Difference]) -> Bool {
    why.contains { difference in
      difference.resource == "file:/etc/frr/daemons"
        || difference.resource == unit
          && difference.changes.contains { $0.attribute == "restart" }
    }
  }

  /// The same resources with the files' observed content; `nil` where no file's content was observed, or not for sure:
  /// a difference tells the first 64 KiB, with a mark in place of what is no UTF-8, and a reference in it is text.
  static func undo(_ action: Action, _ why: [Difference]) -> Action? {
    guard case .converge(let host, let resources) = action else { return nil }
    let before = Dictionary(
      why.compactMap { difference in
        difference.changes.first { $0.attribute == "content" }?.from.map { (difference.resource, $0) }
      }
    ) { first, _ in first }
    let isWhole = before.values.allSatisfy { text in
      text.utf8.count < 64 << 10 && !text.contains("\u{FFFD}") && SecretReference.names(in: text).isEmpty
    }
    guard !before.isEmpty, isWhole else { return nil }
    let restored = resources.map { resource -> Resource in
      guard case .file(var file) = resource, let content = before[resource.id] else { return resource }
      file.content = content
      return .file(file)
    }
    return .converge(host: host, resources: restored)
  }
}
