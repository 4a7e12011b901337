import HostProtocol

/// Observes and applies resources.
struct Convergence {
  let host: Host

  /// What differs, in the order of the resources.
  func observe(_ resources: [Resource]) throws -> [Difference] {
    look(at: resources)
    return try resources.compactMap { try difference(of: $0) }
  }

  /// Converges resource after resource and looks again at each that was changed; stops at the first failure.
  func apply(_ resources: [Resource], onChange: (Difference) throws -> Void) -> Applied {
    look(at: resources)
    var changed: [String] = []
    do {
      for batch in Self.batches(of: resources) { changed += try converge(batch, onChange: onChange) }
      return Applied(changed: changed)
    } catch {
      return Applied(changed: changed, failure: error)
    }
  }

  private func look(at resources: [Resource]) {
    host.forget()
    host.unitsOfInterest = resources.compactMap { if case .unit(let unit) = $0 { unit.name } else { nil } }
  }

  /// Packages in a row are one batch, for one run of apt; everything else is alone.
  private static func batches(of resources: [Resource]) -> [[Resource]] {
    resources.reduce(into: []) { batches, resource in
      if case .package = resource, case .package? = batches.last?.last {
        batches[batches.count - 1].append(resource)
      } else {
        batches.append([resource])
      }
    }
  }

  /// The ids of those that were changed.
  private func converge(
    _ batch: [Resource], onChange: (Difference) throws -> Void
  ) throws(Applied.Failure) -> [String] {
    var differing: [Resource] = []
    for resource in batch {
      guard let difference = try difference(of: resource) else { continue }
      try naming(resource) { try onChange(difference) }
      differing.append(resource)
    }
    guard let first = differing.first else { return [] }
    try naming(first) { try makeAsDesired(differing) }
    host.forget()
    for resource in differing {
      guard let left = try difference(of: resource) else { continue }
      throw Applied.Failure(resource: resource.id, message: "still differs after the change: \(left.inShort)")
    }
    return differing.map(\.id)
  }

  private func makeAsDesired(_ batch: [Resource]) throws {
    let packages = batch.compactMap { if case .package(let package) = $0 { package } else { nil } }
    guard packages.isEmpty else { return try Apt(host: host).converge(packages) }
    for resource in batch { try resource.converging.converge(host) }
  }

  private func difference(of resource: Resource) throws(Applied.Failure) -> Difference? {
    let changes = try naming(resource) { try resource.converging.changes(on: host) }
    return changes.isEmpty ? nil : Difference(resource: resource.id, changes: changes)
  }

  private func naming<Result>(_ resource: Resource, _ body: () throws -> Result) throws(Applied.Failure) -> Result {
    do {
      return try body()
    } catch {
      throw Applied.Failure(resource: resource.id, message: "\(error)")
    }
  }
}

extension Difference {
  /// In one line, for a failure.
  var inShort: String {
    changes.map { "\($0.attribute) is \(Self.short($0.from)), not \(Self.short($0.to))" }.joined(separator: "; ")
  }

  private static func short(_ value: String?) -> String {
    guard let value else { return "nothing" }
    return value.count <= 120 ? value : value.prefix(120) + "…"
  }
}
