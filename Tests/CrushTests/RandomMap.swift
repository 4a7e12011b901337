import TestSupport

/// A CRUSH map made up from a seed, as crushtool's text: all kinds of buckets, depths, weights, classes, tunables, rules and
/// weight sets.
struct RandomMap {
  private(set) var text = ""
  /// Its rules; one for erasure codes keeps positions.
  private(set) var rules: [(id: Int, isErasure: Bool)] = []
  private(set) var devices: Int
  /// Device to how much of it is in.
  private(set) var reweights: [Int: Double] = [:]

  private var random: SplitMix64
  private var nextID = -1
  /// One that a device has.
  private var usedClass = ""
  private static let algorithms = ["uniform", "list", "tree", "straw", "straw2"]
  private static let types = ["osd", "host", "chassis", "rack", "room"]

  /// A bucket that has been written.
  private struct Item {
    var name: String
    var id: Int
    var weight: Double
    var size: Int
  }

  init(seed: UInt64) {
    random = SplitMix64(seed)
    devices = 0
    let isLegacy = Bool.random(using: &random)
    let hasClasses = Bool.random(using: &random)
    let fanout = (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 1...7, using: &random) }
    devices = fanout.reduce(1, *)
    writeHead(isLegacy, hasClasses)
    let depth = fanout.count
    // Uniform buckets want all their items alike: a map has them everywhere or nowhere.
    let isUniform = Int.random(in: 0..<6, using: &random) == 0
    let only = Bool.random(using: &random) ? Self.algorithms.randomElement(using: &random) : nil
    var level = (0..<devices).map { Item(name: "osd.\($0)", id: $0, weight: isUniform ? 1 : weight(), size: 1) }
    var buckets: [Item] = []
    for type in 1...depth {
      let size = fanout[type - 1]
      level = stride(from: 0, to: level.count, by: size).enumerated().map { number, start in
        let algorithm = isUniform ? "uniform" : notUniform(only)
        return write(type, number, Array(level[start..<min(start + size, level.count)]), algorithm)
      }
      buckets += level
    }
    let root = write(depth + 1, 0, level, isUniform ? "uniform" : notUniform(only), type: "root")
    buckets.append(root)
    writeRules(root.name, depth, hasClasses && !isUniform)
    if !isUniform, !hasClasses, Bool.random(using: &random) { writeChooseArgs(buckets) }
    for device in 0..<devices where Int.random(in: 0..<5, using: &random) == 0 {
      reweights[device] = [0, 0.25, 0.7].randomElement(using: &random)
    }
  }

  private mutating func notUniform(_ only: String?) -> String {
    if let only, only != "uniform" { return only }
    return Self.algorithms.dropFirst().randomElement(using: &random) ?? "straw2"
  }

  private mutating func weight() -> Double {
    switch Int.random(in: 0..<10, using: &random) {
    case 0: 0
    case 1: Double(Int.random(in: 1...9, using: &random)) / 1000
    case 2: Double(Int.random(in: 21...100, using: &random))
    default: Double(Int.random(in: 500...20000, using: &random)) / 1000
    }
  }

  private mutating func writeHead(_ isLegacy: Bool, _ hasClasses: Bool) {
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    let tunables =
      isLegacy
      ? [("choose_local_tries", 2), ("choose_local_fallback_tries", 5), ("choose_total_tries", 19)]
      : [
        ("choose_local_tries", number(0...2)), ("choose_local_fallback_tries", number(0...5)),
        ("choose_total_tries", number(5...60)), ("chooseleaf_descend_once", number(0...1)),
        ("chooseleaf_vary_r", number(0...4)), ("chooseleaf_stable", number(0...1)),
        ("straw_calc_version", number(0...1)), ("allowed_bucket_algs", 62),
      ]
    for (name, value) in tunables { text += "tunable \(name) \(value)\n" }
    for device in 0..<devices {
      let deviceClass = ["hdd", "ssd", "nvme"].randomElement(using: &random) ?? "hdd"
      if hasClasses { usedClass = deviceClass }
      text += "device \(device) osd.\(device)\(hasClasses ? " class \(deviceClass)" : "")\n"
    }
    for (id, type) in Self.types.enumerated() { text += "type \(id) \(type)\n" }
    text += "type 10 root\n"
  }

  private mutating func write(
    _ level: Int, _ number: Int, _ items: [Item], _ algorithm: String, type: String? = nil
  ) -> Item {
    let type = type ?? Self.types[level]
    let bucket = Item(
      name: "\(type)\(number)", id: nextID, weight: items.reduce(0) { $0 + $1.weight }, size: items.count)
    nextID -= Int.random(in: 1...3, using: &random)
    // Of items without weight, as a shadow tree has many, Ceph's tree may choose one behind its end.
    let isRisky = algorithm == "tree" && (!usedClass.isEmpty || items.contains { $0.weight == 0 })
    text += "\(type) \(bucket.name) {\n\tid \(bucket.id)\n\talg \(isRisky ? "straw2" : algorithm)\n\thash 0\n"
    for item in items { text += "\titem \(item.name) weight \(Self.decimal(item.weight))\n" }
    text += "}\n"
    return bucket
  }

  private static func decimal(_ value: Double) -> String {
    let thousandths = Int((value * 1000).rounded())
    let rest = String(thousandths % 1000)
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
  }

  private mutating func writeRules(_ root: String, _ depth: Int, _ hasClasses: Bool) {
    for id in 0..<Int.random(in: 1...4, using: &random) {
      let isCoded = Bool.random(using: &random)
      let mode = isCoded ? "indep" : "firstn"
      var steps: [String] = []
      if Int.random(in: 0..<3, using: &random) == 0 {
        steps.append("set_choose_tries \(Int.random(in: 1...100, using: &random))")
      }
      if Int.random(in: 0..<3, using: &random) == 0 {
        steps.append("set_chooseleaf_tries \(Int.random(in: 1...9, using: &random))")
      }
      if !isCoded, Int.random(in: 0..<4, using: &random) == 0 {
        steps.append("set_chooseleaf_vary_r \(Int.random(in: 0...3, using: &random))")
        steps.append("set_chooseleaf_stable \(Int.random(in: 0...1, using: &random))")
      }
      let deviceClass = hasClasses && Bool.random(using: &random) ? " class \(usedClass)" : ""
      steps.append("take \(root)\(deviceClass)")
      let type = Int.random(in: 0...depth, using: &random)
      if type > 1, Bool.random(using: &random) {
        steps.append("choose \(mode) \(Int.random(in: 0...3, using: &random)) type \(Self.types[type])")
        // Devices must come out, or crushtool dies.
        let isLeaf = Bool.random(using: &random)
        let below = isLeaf ? Int.random(in: 0..<type, using: &random) : 0
        let count = Int.random(in: 1...3, using: &random)
        steps.append("\(isLeaf ? "chooseleaf" : "choose") \(mode) \(count) type \(Self.types[below])")
      } else {
        let count = [0, 0, 0, -1, 2].randomElement(using: &random) ?? 0
        steps.append("\(type > 0 ? "chooseleaf" : "choose") \(mode) \(count) type \(Self.types[type])")
      }
      steps.append("emit")
      text += "rule r\(id) {\n\tid \(id)\n\ttype \(isCoded ? "erasure" : "replicated")\n\tmin_size 1\n\tmax_size 12\n"
      for step in steps { text += "\tstep \(step)\n" }
      text += "}\n"
      rules.append((id, isCoded))
    }
  }

  /// For some buckets: weights of one to three positions, and now and then other numbers to hash.
  private mutating func writeChooseArgs(_ buckets: [Item]) {
    text += "choose_args 0 {\n"
    for bucket in buckets where Bool.random(using: &random) {
      text += "  {\n    bucket_id \(bucket.id)\n    weight_set [\n"
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let weights = (0..<bucket.size).map { _ in Self.decimal(weight()) }
        text += "      [ \(weights.joined(separator: " ")) ]\n"
      }
      text += "    ]\n"
      if Int.random(in: 0..<3, using: &random) == 0 {
        let ids = (0..<bucket.size).map { _ in "\(Int.random(in: -1000 ... -500, using: &random))" }
        text += "    ids [ \(ids.joined(separator: " ")) ]\n"
      }
      text += "  }\n"
    }
    text += "}\n"
  }
}
