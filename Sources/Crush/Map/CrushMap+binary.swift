import Foundation

extension CrushMap {
  private static let magic: UInt32 = 0x10000

  /// Reads the binary form, what `ceph osd crush dump -f json` prints, or crushtool's text, whichever it is.
  ///
  /// - Throws: `CrushMapError`
  public init(_ data: Data) throws(CrushMapError) {
    let isBinary = data.starts(with: withUnsafeBytes(of: Self.magic.littleEndian, Array.init))
    if !isBinary, Self.isJSON(data) {
      self = try CrushMap(json: data)
      return
    }
    guard isBinary else {
      let text = CephJSON.asUTF8(data)
      guard !text.isEmpty, !text.contains(0) else {
        throw CrushMapError(text.isEmpty ? "it is empty" : "this is neither a binary CRUSH map nor a text")
      }
      self = try CrushMap(text: String(decoding: text, as: UTF8.self))
      return
    }
    self = try data.reading { bytes throws(CrushMapError) in try CrushMap(binary: bytes) }
  }

  /// Whether a line begins an object: in a text a bracket stands behind a word.
  private static func isJSON(_ data: Data) -> Bool {
    CephJSON.asUTF8(data).withUnsafeBytes { bytes in
      let start = CephJSON.start(of: bytes)
      return bytes.indices.contains(start) && bytes[start] == UInt8(ascii: "{")
    }
  }

  /// Reads the binary form: `ceph osd getcrushmap`, `crushtool -c … -o`.
  ///
  /// - Throws: `CrushMapError`
  public init(binary: UnsafeRawBufferPointer) throws(CrushMapError) {
    var reader = ByteReader(binary)
    guard try reader.read(UInt32.self) == Self.magic else { throw CrushMapError("this is no binary CRUSH map") }
    self.init()
    let bucketCount = try reader.read(Int32.self)
    let ruleCount = try reader.read(UInt32.self)
    maxDevices = Int(try reader.read(Int32.self))
    guard bucketCount >= 0, (0...Self.mostDevices).contains(maxDevices), Int(bucketCount) <= reader.left / 4,
      Int(ruleCount) <= reader.left / 4
    else {
      throw CrushMapError("it has more buckets, rules or devices than its length allows")
    }
    for index in 0..<Int(bucketCount) {
      let algorithm = try reader.read(UInt32.self)
      guard algorithm != 0 else { continue }
      let bucket = try Self.bucket(&reader)
      guard bucket.id == -1 - index else { throw CrushMapError("bucket \(bucket.id) stands at place \(index)") }
      buckets[bucket.id] = bucket
    }
    for id in 0..<Int(ruleCount) where try reader.read(UInt32.self) != 0 { rules[id] = try Self.rule(id, &reader) }
    types = try Self.names(&reader)
    names = try Self.names(&reader)
    for (id, name) in try Self.names(&reader) { rules[id]?.name = name }
    tunables = .legacy
    try readTunables(&reader)
    if !reader.isAtEnd { try readClasses(&reader) }
    if !reader.isAtEnd { try readChooseArgs(&reader) }
    if !reader.isAtEnd {
      tunables.msrDescents = Int(try reader.read(UInt32.self))
      tunables.msrCollisionTries = Int(try reader.read(UInt32.self))
    }
    try check()
  }

  private static func bucket(_ reader: inout ByteReader) throws(CrushMapError) -> CrushBucket {
    let id = Int(try reader.read(Int32.self))
    let type = Int(try reader.read(UInt16.self))
    let kind = Int(try reader.read(UInt8.self))
    let hash = try reader.read(UInt8.self)
    guard let algorithm = CrushBucket.Algorithm(rawValue: kind) else {
      throw CrushMapError("bucket \(id) has an algorithm \(kind), which is not known")
    }
    guard hash == 0 else { throw CrushMapError("bucket \(id) has a hash \(hash), which is not known") }
    _ = try reader.read(UInt32.self)
    let size = try reader.count(of: 4)
    var items: [Int] = []
    for _ in 0..<size { items.append(Int(try reader.read(Int32.self))) }
    var bucket = CrushBucket(id: id, type: type, algorithm: algorithm, items: items, weights: [])
    switch algorithm {
    case .uniform: bucket.weights = Array(repeating: try reader.read(UInt32.self), count: size)
    case .list:
      for _ in 0..<size {
        bucket.weights.append(try reader.read(UInt32.self))
        _ = try reader.read(UInt32.self)
      }
    case .tree:
      let nodes = Int(try reader.read(UInt8.self))
      var weights: [UInt32] = []
      for _ in 0..<nodes { weights.append(try reader.read(UInt32.self)) }
      guard nodes >= 2 * size else { throw CrushMapError("bucket \(id) is a tree of \(nodes) nodes for \(size) items") }
      bucket.weights = (0..<size).map { weights[2 * $0 + 1] }
    case .straw:
      var straws: [UInt32] = []
      for _ in 0..<size {
        bucket.weights.append(try reader.read(UInt32.self))
        straws.append(try reader.read(UInt32.self))
      }
      bucket.straws = straws
    case .straw2: for _ in 0..<size { bucket.weights.append(try reader.read(UInt32.self)) }
    }
    return bucket
  }

  private static func rule(_ id: Int, _ reader: inout ByteReader) throws(CrushMapError) -> CrushRule {
    let count = try reader.read(UInt32.self)
    _ = try reader.read(UInt8.self)
    let kind = Int(try reader.read(UInt8.self))
    _ = try reader.read(UInt16.self)
    guard Int(count) <= reader.left / 12 else { throw CrushMapError("rule \(id) has more steps than follow") }
    var steps: [CrushRule.Step] = []
    for _ in 0..<count {
      let (code, first, second) = (
        try reader.read(UInt32.self), try reader.read(Int32.self), try reader.read(Int32.self)
      )
      guard let step = CrushRule.Step(code: code, Int(first), Int(second)) else {
        throw CrushMapError("rule \(id) has a step \(code), which is not known")
      }
      steps.append(step)
    }
    return CrushRule(id: id, name: "rule\(id)", kind: kind, steps: steps)
  }

  private static func names(_ reader: inout ByteReader) throws(CrushMapError) -> [Int: String] {
    var names: [Int: String] = [:]
    for _ in 0..<(try reader.count(of: 8)) {
      let id = Int(try reader.read(Int32.self))
      names[id] = try reader.text()
    }
    return names
  }

  /// Each Ceph has added some; an old map ends before them.
  private mutating func readTunables(_ reader: inout ByteReader) throws(CrushMapError) {
    if reader.isAtEnd { return }
    tunables.chooseLocalTries = Int(try reader.read(UInt32.self))
    tunables.chooseLocalFallbackTries = Int(try reader.read(UInt32.self))
    tunables.chooseTotalTries = Int(try reader.read(UInt32.self))
    if reader.isAtEnd { return }
    tunables.chooseleafDescendOnce = Int(try reader.read(UInt32.self))
    if reader.isAtEnd { return }
    tunables.chooseleafVaryR = Int(try reader.read(UInt8.self))
    if reader.isAtEnd { return }
    tunables.strawCalcVersion = Int(try reader.read(UInt8.self))
    if reader.isAtEnd { return }
    tunables.allowedBucketAlgorithms = Int(try reader.read(UInt32.self))
    if reader.isAtEnd { return }
    tunables.chooseleafStable = Int(try reader.read(UInt8.self))
  }

  private mutating func readClasses(_ reader: inout ByteReader) throws(CrushMapError) {
    var numbers: [Int: Int] = [:]
    for _ in 0..<(try reader.count(of: 8)) {
      let device = Int(try reader.read(Int32.self))
      numbers[device] = Int(try reader.read(Int32.self))
    }
    let classNames = try Self.names(&reader)
    // Shadows have theirs there, too.
    classes = numbers.filter { $0.key >= 0 }.compactMapValues { classNames[$0] }
    for _ in 0..<(try reader.count(of: 8)) {
      let bucket = Int(try reader.read(Int32.self))
      for _ in 0..<(try reader.count(of: 8)) {
        let (number, shadow) = (try reader.read(Int32.self), try reader.read(Int32.self))
        if let name = classNames[Int(number)] { shadows[bucket, default: [:]][name] = Int(shadow) }
      }
    }
  }

  private mutating func readChooseArgs(_ reader: inout ByteReader) throws(CrushMapError) {
    for _ in 0..<(try reader.count(of: 12)) {
      let pool = try reader.read(Int64.self)
      var args: [Int: CrushChooseArgs] = [:]
      for _ in 0..<(try reader.count(of: 12)) {
        let bucket = -1 - Int(try reader.read(UInt32.self))
        var weightSet: [[UInt32]] = []
        for _ in 0..<(try reader.count(of: 4)) {
          var weights: [UInt32] = []
          for _ in 0..<(try reader.count(of: 4)) { weights.append(try reader.read(UInt32.self)) }
          weightSet.append(weights)
        }
        var ids: [Int] = []
        for _ in 0..<(try reader.count(of: 4)) { ids.append(Int(try reader.read(Int32.self))) }
        args[bucket] = CrushChooseArgs(weightSet: weightSet, ids: ids.isEmpty ? nil : ids)
      }
      chooseArgs[pool] = args
    }
  }
}

extension CrushRule.Step {
  /// `nil` for one that is not known. See Ceph's `crush_opcodes`.
  init?(code: UInt32, _ first: Int, _ second: Int) {
    switch code {
    case 0: self = .noop
    case 1: self = .take(first)
    case 2: self = .choose(first, type: second, isIndependent: false, toLeaf: false)
    case 3: self = .choose(first, type: second, isIndependent: true, toLeaf: false)
    case 4: self = .emit
    case 6: self = .choose(first, type: second, isIndependent: false, toLeaf: true)
    case 7: self = .choose(first, type: second, isIndependent: true, toLeaf: true)
    case 8: self = .setChooseTries(first)
    case 9: self = .setChooseleafTries(first)
    case 10: self = .setChooseLocalTries(first)
    case 11: self = .setChooseLocalFallbackTries(first)
    case 12: self = .setChooseleafVaryR(first)
    case 13: self = .setChooseleafStable(first)
    case 14: self = .setMSRDescents(first)
    case 15: self = .setMSRCollisionTries(first)
    case 16: self = .chooseMSR(first, type: second)
    default: return nil
    }
  }
}
