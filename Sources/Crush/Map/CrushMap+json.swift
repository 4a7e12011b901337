import Foundation

extension CrushMap {
  /// Reads what `ceph osd crush dump -f json` and `crushtool --dump` print.
  ///
  /// - Throws: `CrushMapError`
  public init(json: Data) throws(CrushMapError) {
    self = try CrushDump.decode(json, "ceph osd crush dump").map
  }
}

/// A map as Ceph prints it; its keys are Ceph's.
private struct CrushDump: CephDump {
  struct Device: Decodable {
    var id: Int
    var name: String
    var `class`: String?
  }

  struct TypeName: Decodable {
    var typeId: Int
    var name: String
  }

  struct Bucket: Decodable {
    struct Item: Decodable {
      var id: Int
      /// In 1/65536.
      var weight: UInt32
    }

    var id: Int
    var name: String?
    var typeId: Int
    var alg: String
    var items: [Item]
  }

  struct Rule: Decodable {
    var ruleId: Int
    var ruleName: String
    var type: Int
    var steps: [Step]
  }

  struct Step: Decodable {
    var op: String?
    var item: Int?
    var num: Int?
    var type: String?
    /// Of a step that Ceph's printer has no name for.
    var opcode: UInt32?
    var arg1: Int?
    var arg2: Int?
  }

  struct ChooseArgs: Decodable {
    var bucketId: Int
    /// Weights as decimals.
    var weightSet: [[Double]]?
    var ids: [Int]?
  }

  struct Tunables: Decodable {
    var chooseLocalTries: Int
    var chooseLocalFallbackTries: Int
    var chooseTotalTries: Int
    var chooseleafDescendOnce: Int
    var chooseleafVaryR: Int?
    var chooseleafStable: Int?
    var strawCalcVersion: Int?
    var allowedBucketAlgs: Int?
    var msrDescents: Int?
    var msrCollisionTries: Int?
  }

  var devices: [Device]
  var types: [TypeName]
  var buckets: [Bucket]
  var rules: [Rule]
  var tunables: Tunables
  var chooseArgs: [String: [ChooseArgs]]?

  var map: CrushMap {
    get throws(CrushMapError) {
      var map = CrushMap()
      for device in devices {
        guard (0..<CrushMap.mostDevices).contains(device.id) else {
          throw CrushMapError("\(device.id) is no device's number")
        }
        map.maxDevices = max(map.maxDevices, device.id + 1)
        map.names[device.id] = device.name
        map.classes[device.id] = device.class
      }
      for type in types { map.types[type.typeId] = type.name }
      for bucket in buckets {
        guard let algorithm = CrushBucket.Algorithm(name: bucket.alg) else {
          throw CrushMapError("bucket \(bucket.id) has an algorithm '\(bucket.alg)', which is not known")
        }
        map.buckets[bucket.id] = CrushBucket(
          id: bucket.id, type: bucket.typeId, algorithm: algorithm, items: bucket.items.map(\.id),
          weights: bucket.items.map(\.weight))
        map.names[bucket.id] = bucket.name
      }
      map.nameShadows()
      let typeNumbers = Dictionary(types.map { ($0.name, $0.typeId) }) { first, _ in first }
      for rule in rules { map.rules[rule.ruleId] = try self.rule(rule, typeNumbers) }
      map.tunables = self.tunables.tunables
      for (pool, args) in chooseArgs ?? [:] {
        guard let pool = Int64(pool) else { throw CrushMapError("choose_args are of a pool '\(pool)'") }
        map.chooseArgs[pool] = Dictionary(args.map { ($0.bucketId, $0.args) }) { first, _ in first }
      }
      try map.check()
      return map
    }
  }

  private func rule(_ rule: Rule, _ types: [String: Int]) throws(CrushMapError) -> CrushRule {
    var steps: [CrushRule.Step] = []
    for step in rule.steps {
      guard let known = step.step(types) else {
        throw CrushMapError(
          "rule \(rule.ruleId) has a step \(step.op ?? "without a name"), which is not known or not whole")
      }
      steps.append(known)
    }
    return CrushRule(id: rule.ruleId, name: rule.ruleName, kind: rule.type, steps: steps)
  }
}

extension CrushDump.Step {
  /// `nil` for one that is not known.
  fileprivate func step(_ types: [String: Int]) -> CrushRule.Step? {
    if let opcode { return CrushRule.Step(code: opcode, arg1 ?? 0, arg2 ?? 0) }
    guard let op else { return nil }
    if op == "noop" { return .noop }
    if op == "emit" { return .emit }
    if op == "take" { return item.map { .take($0) } }
    guard let num else { return nil }
    switch op {
    case "set_choose_tries": return .setChooseTries(num)
    case "set_chooseleaf_tries": return .setChooseleafTries(num)
    case "set_choose_local_tries": return .setChooseLocalTries(num)
    case "set_choose_local_fallback_tries": return .setChooseLocalFallbackTries(num)
    case "set_chooseleaf_vary_r": return .setChooseleafVaryR(num)
    case "set_chooseleaf_stable": return .setChooseleafStable(num)
    case "set_msr_descents": return .setMSRDescents(num)
    case "set_msr_collision_tries": return .setMSRCollisionTries(num)
    case "choosemsr": return type.flatMap { types[$0] }.map { .chooseMSR(num, type: $0) }
    case "choose_firstn", "choose_indep", "chooseleaf_firstn", "chooseleaf_indep":
      guard let type = type.flatMap({ types[$0] }) else { return nil }
      return .choose(num, type: type, isIndependent: op.hasSuffix("indep"), toLeaf: op.hasPrefix("chooseleaf"))
    default: return nil
    }
  }
}

extension CrushDump.Tunables {
  fileprivate var tunables: CrushTunables {
    var tunables = CrushTunables.legacy
    tunables.chooseLocalTries = chooseLocalTries
    tunables.chooseLocalFallbackTries = chooseLocalFallbackTries
    tunables.chooseTotalTries = chooseTotalTries
    tunables.chooseleafDescendOnce = chooseleafDescendOnce
    tunables.chooseleafVaryR = chooseleafVaryR ?? 0
    tunables.chooseleafStable = chooseleafStable ?? 0
    tunables.strawCalcVersion = strawCalcVersion ?? 0
    tunables.allowedBucketAlgorithms = allowedBucketAlgs ?? tunables.allowedBucketAlgorithms
    tunables.msrDescents = msrDescents ?? tunables.msrDescents
    tunables.msrCollisionTries = msrCollisionTries ?? tunables.msrCollisionTries
    return tunables
  }
}

extension CrushDump.ChooseArgs {
  fileprivate var args: CrushChooseArgs {
    CrushChooseArgs(
      weightSet: (weightSet ?? []).map { weights in
        weights.map { UInt32(clamping: Int64(min(max($0, 0), 65536) * 0x10000 + 0.5)) }
      }, ids: ids.flatMap { $0.isEmpty ? nil : $0 })
  }
}

extension CrushMap {
  /// A shadow tree's buckets are named after those that they shadow, as `default~hdd`.
  fileprivate mutating func nameShadows() {
    let numbers = Dictionary(names.map { ($0.value, $0.key) }) { first, _ in first }
    for id in buckets.keys {
      guard let parts = names[id]?.split(separator: "~", maxSplits: 1), parts.count == 2,
        let original = numbers[String(parts[0])]
      else { continue }
      shadows[original, default: [:]][String(parts[1])] = id
    }
  }
}
