import Foundation

/// Maps a range of inputs by a rule, as `crushtool --test` does, and tells of it in its lines.
public struct CrushTest {
  private let map: CrushMap
  private let mapper: CrushMapper
  private let reweights: [UInt32]

  /// - Parameter reweights: device to how much of it is in, 0 to 1; 1 where none is given
  public init(_ map: CrushMap, reweights: [Int: Double] = [:]) {
    self.map = map
    mapper = CrushMapper(map, chooseArgs: map.chooseArgs[0] ?? map.chooseArgs[-1] ?? [:])
    self.reweights = (0..<map.maxDevices).map { device in
      // By way of a 32-bit float, as crushtool goes.
      reweights[device].map { UInt32(min(max(Float($0), 0), 1) * 0x10000) } ?? 0x10000
    }
  }

  /// `CRUSH rule 0 x 17 [4,8,1]` for each input.
  ///
  /// - Throws: `CrushMapError` where there is no such rule
  public func mappings(rule id: Int, size: Int, inputs: ClosedRange<UInt32>) throws(CrushMapError) -> [String] {
    var lines: [String] = []
    try each(rule: id, size: size, inputs: inputs) { x, result in
      lines.append(Self.line(id, x, result))
    }
    return lines
  }

  /// How many devices were found for how many inputs, and for each device how many inputs it got and how many it should
  /// have got; before that the mappings, where they are wanted.
  ///
  /// - Throws: `CrushMapError` where there is no such rule
  public func utilization(
    rule id: Int, size: Int, inputs: ClosedRange<UInt32>, showingMappings: Bool
  ) throws(CrushMapError) -> String {
    var text = ""
    var sizes: [Int: Int] = [:]
    var stored = Array(repeating: 0, count: map.maxDevices)
    try each(rule: id, size: size, inputs: inputs) { x, result in
      if showingMappings { text += Self.line(id, x, result) + "\n" }
      sizes[result.count, default: 0] += 1
      for device in result where device >= 0 && device < stored.count { stored[Int(device)] += 1 }
    }
    let head = "rule \(id) (\(map.rules[id]?.name ?? ""))"
    let devices = Set(map.buckets.values.flatMap(\.items).filter { $0 >= 0 })
    let total = devices.reduce(0.0) { $0 + Double(reweights[$1]) }
    let wanted = Double(min(size, devices.count)) * Double(inputs.count)
    var lines = ["\(head), x = \(inputs.lowerBound)..\(inputs.upperBound), numrep = \(size)..\(size)\n" + text]
    lines += sizes.sorted { $0.key < $1.key }.map { found, count in
      "\(head) num_rep \(size) result size == \(found):\t\(count)/\(inputs.count)\n"
    }
    for device in devices.sorted() where stored[device] > 0 {
      let expected = wanted * Double(reweights[device]) / total
      lines.append("  device \(device):\t\t stored : \(stored[device])\t expected : \(Self.short(expected))\n")
    }
    return lines.joined()
  }

  private static func line(_ rule: Int, _ x: UInt32, _ result: [Int32]) -> String {
    "CRUSH rule \(rule) x \(x) [\(result.map(String.init).joined(separator: ","))]"
  }

  /// Gets each input and the devices that it is mapped to.
  ///
  /// - Throws: `CrushMapError` where there is no such rule
  public func each(
    rule id: Int, size: Int, inputs: ClosedRange<UInt32>, _ body: (UInt32, [Int32]) -> Void
  ) throws(CrushMapError) {
    guard let rule = map.rules[id] else {
      let known = map.rules.keys.sorted().map(String.init).joined(separator: ", ")
      throw CrushMapError("there is no rule \(id); the map has \(known.isEmpty ? "none" : known)")
    }
    // As crushtool: where all devices are out, there is nothing to tell.
    guard map.buckets.values.contains(where: { $0.items.contains { $0 >= 0 && reweights[$0] > 0 } }) else { return }
    let work = CrushWorkspace(for: mapper, size: size)
    reweights.withUnsafeBufferPointer { reweights in
      for x in inputs {
        mapper.map(rule, x: x, size: size, reweights: reweights, work)
        body(x, work.result)
      }
    }
  }

  /// As `%g`: six digits that count.
  private static func short(_ value: Double) -> String { String(format: "%g", value) }
}
