#if canImport(Glibc)
  import Glibc
#endif

extension CrushMap {
  /// Reads what `crushtool -d` writes, and what people have made of it.
  ///
  /// - Throws: `CrushMapError`, with the line
  public init(text: String) throws(CrushMapError) {
    var parser = CrushTextParser(text)
    self = try parser.read()
  }
}

/// A word of a text, and where it stands.
private struct Word {
  var text: Substring
  var line: Int
}

/// Reads a map's text word by word: its grammar needs no more.
private struct CrushTextParser {
  private var words: ArraySlice<Word>
  private var map = CrushMap()
  private var numbers: [String: Int] = [:]
  private var typeNumbers: [String: Int] = [:]
  /// What a bucket says of its shadow trees: bucket to class to number.
  private var shadowNumbers: [Int: [String: Int]] = [:]
  private var lastLine = 1
  private var classOrder: [String] = []

  init(_ text: String) {
    var words: [Word] = []
    // Also lines that end in CR LF, which is one character.
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let code = line.prefix { $0 != "#" }
      for word in code.split(whereSeparator: \.isWhitespace) { words += Self.parts(word, index + 1) }
    }
    self.words = words[...]
    map.tunables = .legacy
  }

  /// Brackets are words of their own.
  private static func parts(_ word: Substring, _ line: Int) -> [Word] {
    var parts: [Word] = []
    var rest = word
    while let bracket = rest.firstIndex(where: { "{}[]".contains($0) }) {
      if bracket > rest.startIndex { parts.append(Word(text: rest[..<bracket], line: line)) }
      parts.append(Word(text: rest[bracket...bracket], line: line))
      rest = rest[rest.index(after: bracket)...]
    }
    if !rest.isEmpty { parts.append(Word(text: rest, line: line)) }
    return parts
  }

  mutating func read() throws(CrushMapError) -> CrushMap {
    guard !words.isEmpty else { throw CrushMapError("this is no CRUSH map: there is nothing in it") }
    while let word = words.first {
      switch word.text {
      case "tunable": try tunable()
      case "device": try device()
      case "type": try type()
      case "rule": try rule()
      case "choose_args": try chooseArgs()
      default: try bucket()
      }
    }
    map.maxDevices = max(map.maxDevices, (map.buckets.values.flatMap(\.items).max() ?? -1) + 1)
    try map.addShadows(shadowNumbers, classOrder)
    try map.check()
    return map
  }

  private mutating func next(_ what: String) throws(CrushMapError) -> Word {
    guard let word = words.popFirst() else {
      throw CrushMapError("line \(lastLine): the text ends where \(what) is expected")
    }
    lastLine = word.line
    return word
  }

  private mutating func expect(_ text: String) throws(CrushMapError) {
    let word = try next("'\(text)'")
    guard word.text == text else {
      throw CrushMapError("line \(word.line): '\(word.text)' where '\(text)' is expected")
    }
  }

  private mutating func accept(_ text: String) -> Bool {
    guard let first = words.first, first.text == text else { return false }
    lastLine = words.removeFirst().line
    return true
  }

  private mutating func number(_ what: String) throws(CrushMapError) -> Int {
    let word = try next(what)
    guard let number = Int32(word.text).map(Int.init) else {
      throw CrushMapError("line \(word.line): '\(word.text)' is no number (\(what))")
    }
    return number
  }

  /// In 1/65536, by way of a 32-bit float, as crushtool goes.
  private mutating func weight() throws(CrushMapError) -> UInt32 {
    let word = try next("a weight")
    guard let value = Float(word.text), value >= 0, value * 0x10000 < 0x1p32 else {
      throw CrushMapError("line \(word.line): '\(word.text)' is no weight: 0 to 65535")
    }
    return UInt32(value * 0x10000)
  }

  private mutating func tunable() throws(CrushMapError) {
    try expect("tunable")
    let name = try next("a tunable")
    let value = try number("its value")
    switch name.text {
    case "choose_local_tries": map.tunables.chooseLocalTries = value
    case "choose_local_fallback_tries": map.tunables.chooseLocalFallbackTries = value
    case "choose_total_tries": map.tunables.chooseTotalTries = value
    case "chooseleaf_descend_once": map.tunables.chooseleafDescendOnce = value
    case "chooseleaf_vary_r": map.tunables.chooseleafVaryR = value
    case "chooseleaf_stable": map.tunables.chooseleafStable = value
    case "straw_calc_version": map.tunables.strawCalcVersion = value
    case "allowed_bucket_algs": map.tunables.allowedBucketAlgorithms = value
    case "msr_descents": map.tunables.msrDescents = value
    case "msr_collision_tries": map.tunables.msrCollisionTries = value
    default: throw CrushMapError("line \(name.line): there is no tunable '\(name.text)'")
    }
  }

  private mutating func device() throws(CrushMapError) {
    try expect("device")
    let id = try number("a device's number")
    let word = try next("a device's name")
    guard (0..<CrushMap.mostDevices).contains(id) else {
      throw CrushMapError("line \(word.line): \(id) is no device's number")
    }
    try define(word, id)
    map.maxDevices = max(map.maxDevices, id + 1)
    guard accept("class") else { return }
    let name = String(try next("a class").text)
    map.classes[id] = name
    if !classOrder.contains(name) { classOrder.append(name) }
  }

  private mutating func define(_ name: Word, _ id: Int) throws(CrushMapError) {
    guard numbers.updateValue(id, forKey: String(name.text)) == nil else {
      throw CrushMapError("line \(name.line): '\(name.text)' is there twice")
    }
    map.names[id] = String(name.text)
  }

  private mutating func type() throws(CrushMapError) {
    try expect("type")
    let id = try number("a type's number")
    let name = String(try next("a type's name").text)
    map.types[id] = name
    typeNumbers[name] = id
  }

  private mutating func bucket() throws(CrushMapError) {
    let typeName = try next("a type")
    guard let type = typeNumbers[String(typeName.text)] else {
      throw CrushMapError(
        "line \(typeName.line): '\(typeName.text)' is neither a type of this map nor a word that begins something")
    }
    let name = try next("a bucket's name")
    try expect("{")
    var bucket = CrushBucket(id: 0, type: type, algorithm: .straw2, items: [], weights: [])
    var classNumbers: [String: Int] = [:]
    while !accept("}") {
      let word = try next("'}'")
      switch word.text {
      case "id":
        let id = try number("a bucket's number")
        guard id < 0, id > -(1 << 24) else { throw CrushMapError("line \(word.line): \(id) is no bucket's number") }
        if accept("class") { classNumbers[String(try next("a class").text)] = id } else { bucket.id = id }
      case "alg":
        let algorithm = try next("an algorithm")
        guard let known = CrushBucket.Algorithm(name: algorithm.text) else {
          throw CrushMapError("line \(algorithm.line): there is no algorithm '\(algorithm.text)'")
        }
        bucket.algorithm = known
      case "hash":
        let hash = try next("a hash")
        guard hash.text == "0" || hash.text == "rjenkins1" else {
          throw CrushMapError("line \(hash.line): there is no hash '\(hash.text)'")
        }
      case "item": try item(of: &bucket)
      default: throw CrushMapError("line \(word.line): '\(word.text)' is no word of a bucket")
      }
    }
    if bucket.id == 0 { bucket.id = -1 - map.buckets.count }
    guard map.buckets.updateValue(bucket, forKey: bucket.id) == nil else {
      throw CrushMapError("line \(name.line): bucket \(bucket.id) is there twice")
    }
    try define(name, bucket.id)
    shadowNumbers[bucket.id] = classNumbers
  }

  private mutating func item(of bucket: inout CrushBucket) throws(CrushMapError) {
    let name = try next("an item")
    guard let id = numbers[String(name.text)] else {
      throw CrushMapError(
        "line \(name.line): item '\(name.text)' is not there yet: what is in a bucket stands before it")
    }
    var weight = map.buckets[id].map { UInt32(clamping: $0.weight) } ?? 0x10000
    while let word = words.first?.text, word == "weight" || word == "pos" {
      if accept("weight") { weight = try self.weight() }
      if accept("pos") { _ = try number("a position") }
    }
    // As crushtool: more would not fit into sums.
    guard id < 0 || weight <= Self.mostDeviceWeight else {
      throw CrushMapError("line \(name.line): a device's weight is limited to 100")
    }
    bucket.items.append(id)
    bucket.weights.append(weight)
  }

  private static let mostDeviceWeight: UInt32 = 100 * 0x10000

  private mutating func rule() throws(CrushMapError) {
    try expect("rule")
    var name = ""
    if words.first?.text != "{" { name = String(try next("a rule's name").text) }
    try expect("{")
    var rule = CrushRule(id: map.rules.count, name: name, kind: 1, steps: [])
    while !accept("}") {
      let word = try next("'}'")
      switch word.text {
      case "id", "ruleset": rule.id = try number("a rule's number")
      case "type": rule.kind = try kind()
      case "min_size", "max_size": _ = try number("a size")
      case "step": rule.steps.append(try step())
      default: throw CrushMapError("line \(word.line): '\(word.text)' is no word of a rule")
      }
    }
    guard map.rules.updateValue(rule, forKey: rule.id) == nil else {
      throw CrushMapError("line \(lastLine): rule \(rule.id) is there twice")
    }
  }

  private mutating func kind() throws(CrushMapError) -> Int {
    let word = try next("a kind of rule")
    guard let kind = CrushRule.kinds[String(word.text)] ?? Int(word.text) else {
      throw CrushMapError(
        "line \(word.line): '\(word.text)' is no kind of rule: \(CrushRule.kinds.keys.sorted().joined(separator: ", "))"
      )
    }
    return kind
  }

  private mutating func step() throws(CrushMapError) -> CrushRule.Step {
    let word = try next("a step")
    switch word.text {
    case "noop": return .noop
    case "emit": return .emit
    case "take": return try take()
    case "choose", "chooseleaf":
      let mode = try next("firstn or indep")
      guard mode.text == "firstn" || mode.text == "indep" else {
        throw CrushMapError("line \(mode.line): '\(mode.text)' where firstn or indep is expected")
      }
      let (count, type) = try countAndType()
      return .choose(count, type: type, isIndependent: mode.text == "indep", toLeaf: word.text == "chooseleaf")
    case "choosemsr":
      let (count, type) = try countAndType()
      return .chooseMSR(count, type: type)
    case "set_choose_tries": return .setChooseTries(try number("how many"))
    case "set_chooseleaf_tries": return .setChooseleafTries(try number("how many"))
    case "set_choose_local_tries": return .setChooseLocalTries(try number("how many"))
    case "set_choose_local_fallback_tries": return .setChooseLocalFallbackTries(try number("how many"))
    case "set_chooseleaf_vary_r": return .setChooseleafVaryR(try number("a value"))
    case "set_chooseleaf_stable": return .setChooseleafStable(try number("a value"))
    case "set_msr_descents": return .setMSRDescents(try number("how many"))
    case "set_msr_collision_tries": return .setMSRCollisionTries(try number("how many"))
    default: throw CrushMapError("line \(word.line): there is no step '\(word.text)'")
    }
  }

  /// `3 type host`.
  private mutating func countAndType() throws(CrushMapError) -> (count: Int, type: Int) {
    let count = try number("how many")
    try expect("type")
    let name = try next("a type")
    guard let type = typeNumbers[String(name.text)] else {
      throw CrushMapError("line \(name.line): there is no type '\(name.text)'")
    }
    return (count, type)
  }

  private mutating func take() throws(CrushMapError) -> CrushRule.Step {
    let name = try next("what to take")
    guard let id = numbers[String(name.text)] else {
      throw CrushMapError("line \(name.line): there is no '\(name.text)' to take")
    }
    guard accept("class") else { return .take(id) }
    let deviceClass = String(try next("a class").text)
    // The shadow trees are made when all buckets are read; their numbers are known or given out then.
    try map.addShadows(shadowNumbers, classOrder)
    guard let shadow = map.shadows[id]?[deviceClass] else {
      throw CrushMapError("line \(name.line): no device of '\(name.text)' is of class '\(deviceClass)'")
    }
    return .take(shadow)
  }

  private mutating func chooseArgs() throws(CrushMapError) {
    try expect("choose_args")
    let pool = try next("a pool's number")
    // crushtool writes -1, the default ones, as a number without a sign.
    guard let index = Int64(pool.text) ?? UInt64(pool.text).map({ Int64(bitPattern: $0) }) else {
      throw CrushMapError("line \(pool.line): '\(pool.text)' is no pool's number")
    }
    try expect("{")
    var args: [Int: CrushChooseArgs] = [:]
    while !accept("}") {
      try expect("{")
      var (bucket, own) = (0, CrushChooseArgs())
      while !accept("}") {
        let word = try next("'}'")
        switch word.text {
        case "bucket_id":
          bucket = try number("a bucket's number")
          guard map.buckets[bucket] != nil else {
            throw CrushMapError("line \(word.line): there is no bucket \(bucket)")
          }
        case "weight_set":
          try expect("[")
          while !accept("]") {
            try expect("[")
            var weights: [UInt32] = []
            while !accept("]") { weights.append(try weight()) }
            own.weightSet.append(weights)
          }
        case "ids":
          try expect("[")
          var ids: [Int] = []
          while !accept("]") { ids.append(try number("an id")) }
          own.ids = ids
        default: throw CrushMapError("line \(word.line): '\(word.text)' is no word of choose_args")
        }
      }
      let count = map.buckets[bucket]?.items.count ?? 0
      for (what, given) in own.weightSet.map({ ("weights", $0.count) }) + [("ids", own.ids?.count ?? count)]
      where given != count {
        throw CrushMapError("line \(lastLine): bucket \(bucket) needs \(count) \(what), not \(given)")
      }
      args[bucket] = own
    }
    map.chooseArgs[index] = args
  }
}
