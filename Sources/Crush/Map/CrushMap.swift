/// A CRUSH map: the tree of buckets and devices, the rules by which placement groups find their devices in it, and what
/// tunes them. The same whatever form it was read from.
public struct CrushMap: Sendable, Hashable {
  public var tunables = CrushTunables()
  /// One more than the highest device's number.
  public var maxDevices = 0
  /// Bucket's number, which is negative, to the bucket.
  public var buckets: [Int: CrushBucket] = [:]
  public var rules: [Int: CrushRule] = [:]
  /// Number of a type to its name; 0 is that of devices.
  public var types: [Int: String] = [:]
  /// Names of buckets and devices.
  public var names: [Int: String] = [:]
  /// Device to its class.
  public var classes: [Int: String] = [:]
  /// Bucket to class to the bucket's shadow tree, which holds only devices of that class.
  public var shadows: [Int: [String: Int]] = [:]
  /// Pool's number (or -1: for all that have none of their own) to bucket to what takes the place of its weights.
  public var chooseArgs: [Int64: [Int: CrushChooseArgs]] = [:]

  public init() {}
}

/// How hard CRUSH tries, and which of its former faults it keeps. See Ceph: "CRUSH Maps", Tunables.
public struct CrushTunables: Sendable, Hashable {
  public var chooseLocalTries = 0
  public var chooseLocalFallbackTries = 0
  public var chooseTotalTries = 50
  public var chooseleafDescendOnce = 1
  public var chooseleafVaryR = 1
  public var chooseleafStable = 1
  public var strawCalcVersion = 1
  /// A bit for each algorithm that new buckets may have.
  public var allowedBucketAlgorithms = 54
  /// Of MSR rules (Ceph 19 and later): descents from the root, and tries after each collision.
  public var msrDescents = 100
  public var msrCollisionTries = 100

  public init() {}

  /// What holds where a text names none (crushtool: "argonaut").
  public static var legacy: CrushTunables {
    var tunables = CrushTunables()
    tunables.chooseLocalTries = 2
    tunables.chooseLocalFallbackTries = 5
    tunables.chooseTotalTries = 19
    tunables.chooseleafDescendOnce = 0
    tunables.chooseleafVaryR = 0
    tunables.chooseleafStable = 0
    tunables.strawCalcVersion = 0
    tunables.allowedBucketAlgorithms = 22
    return tunables
  }
}

/// Items of which CRUSH chooses.
public struct CrushBucket: Sendable, Hashable {
  public enum Algorithm: Int, Sendable, CaseIterable {
    case uniform = 1
    case list, tree, straw, straw2

    /// As texts and dumps name it.
    init?(name: some StringProtocol) {
      guard let known = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
      self = known
    }
  }

  /// Negative.
  public var id: Int
  public var type: Int
  public var algorithm: Algorithm
  /// Devices and buckets.
  public var items: [Int]
  /// In 1/65536, as many as items.
  public var weights: [UInt32]
  /// What a map of another origin has computed of the weights; `nil`: computed when it is mapped.
  public var straws: [UInt32]?

  public init(id: Int, type: Int, algorithm: Algorithm, items: [Int], weights: [UInt32]) {
    self.id = id
    self.type = type
    self.algorithm = algorithm
    self.items = items
    self.weights = weights
  }

  /// In 1/65536.
  public var weight: UInt64 { weights.reduce(0) { $0 + UInt64($1) } }
}

/// What takes the place of a bucket's weights and numbers, as the balancer of Ceph's managers sets it (`weight-set`).
public struct CrushChooseArgs: Sendable, Hashable {
  /// For each position of the result, the last one for those that follow; empty: the bucket's own.
  public var weightSet: [[UInt32]]
  /// Numbers to hash in the place of the items'; `nil`: the items' own.
  public var ids: [Int]?

  public init(weightSet: [[UInt32]] = [], ids: [Int]? = nil) {
    self.weightSet = weightSet
    self.ids = ids
  }
}

public struct CrushRule: Sendable, Hashable {
  public enum Step: Sendable, Hashable {
    /// Begins with a bucket or a device.
    case take(Int)
    /// Chooses so many of a type (0 or less: so many fewer than the pool's size), or devices below them.
    case choose(Int, type: Int, isIndependent: Bool, toLeaf: Bool)
    case emit
    case setChooseTries(Int)
    case setChooseleafTries(Int)
    case setChooseLocalTries(Int)
    case setChooseLocalFallbackTries(Int)
    case setChooseleafVaryR(Int)
    case setChooseleafStable(Int)
    /// Of MSR rules: chooses so many of a type (0: as many as the pool's size); what is out is looked for from the root again.
    case chooseMSR(Int, type: Int)
    case setMSRDescents(Int)
    case setMSRCollisionTries(Int)
    case noop
  }

  public var id: Int
  public var name: String
  /// 1: replicated, 3: erasure, 4 and 5: the same two with retries across steps (MSR).
  public var kind: Int
  public var steps: [Step]

  public init(id: Int, name: String, kind: Int, steps: [Step]) {
    self.id = id
    self.name = name
    self.kind = kind
    self.steps = steps
  }

  /// See Ceph's `crush_rule_type`.
  static let kinds = ["replicated": 1, "erasure": 3, "msr_firstn": 4, "msr_indep": 5]

  /// Whether it retries across steps.
  var isMSR: Bool { kind == 4 || kind == 5 }
}
