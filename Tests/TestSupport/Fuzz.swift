import Foundation

/// Throws mutations of valid inputs at a decoder, and looks after time and memory.
public struct Fuzz {
  /// `$VARDE_FUZZ`; a short run otherwise.
  public static let count = ProcessInfo.processInfo.environment["VARDE_FUZZ"].flatMap { Int($0) } ?? 3_000
  /// `$VARDE_FUZZ_SEED`: the run that found something, once more.
  public static let seed =
    ProcessInfo.processInfo.environment["VARDE_FUZZ_SEED"].flatMap { UInt64($0) }
    ?? UInt64(Date().timeIntervalSince1970)

  /// What a run was like.
  public struct Report: CustomStringConvertible {
    public var inputs = 0
    public var accepted = 0
    public var seconds = 0.0
    /// In seconds.
    public var longest = 0.0
    public var slowest: [UInt8] = []
    /// Of the process so far, in bytes.
    public var peakMemory = 0

    public var description: String {
      let rate = Int(Double(inputs) / max(seconds, 1e-9))
      return "\(inputs) inputs, \(accepted) accepted, \(rate) a second, the longest took "
        + "\(Int(longest * 1000)) ms, peak memory \(peakMemory >> 20) MiB, seed \(Fuzz.seed)"
    }
  }

  /// - Parameters:
  ///   - corpus: valid inputs
  ///   - words: what mutations insert besides random bytes
  ///   - accepts: gets each input; whether it was valid
  public static func run(_ name: String, corpus: [[UInt8]], words: [String], accepts: ([UInt8]) -> Bool) -> Report {
    var mutator = Mutator(corpus: corpus, words: words.map { Array($0.utf8) }, random: SplitMix64(seed))
    var report = Report()
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("varde-fuzz-\(name)")
    let start = ContinuousClock.now
    for _ in 0..<count {
      let input = mutator.next()
      // Where the process dies of it, the input is there to be looked at.
      if count <= 10_000 { try? Data(input).write(to: file) }
      let begin = ContinuousClock.now
      if accepts(input) { report.accepted += 1 }
      let seconds = (ContinuousClock.now - begin) / .seconds(1)
      if seconds > report.longest { (report.longest, report.slowest) = (seconds, input) }
      report.inputs += 1
    }
    report.seconds = (ContinuousClock.now - start) / .seconds(1)
    report.peakMemory = peakMemory
    try? FileManager.default.removeItem(at: file)
    print("fuzz \(name): \(report)")
    return report
  }

  /// Of this process so far, in bytes.
  private static var peakMemory: Int {
    let status = FileManager.default.contents(atPath: "/proc/self/status") ?? Data()
    let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 << 10 } ?? 0
  }
}

/// Makes new inputs of old ones.
struct Mutator {
  let corpus: [[UInt8]]
  let words: [[UInt8]]
  var random: SplitMix64

  mutating func next() -> [UInt8] {
    var input = corpus.randomElement(using: &random) ?? []
    for _ in 0..<Int.random(in: 1...2, using: &random) { mutate(&input) }
    return input
  }

  private mutating func mutate(_ input: inout [UInt8]) {
    let start = Int.random(in: 0...input.count, using: &random)
    let end = min(input.count, start + Int.random(in: 0...40, using: &random))
    switch Int.random(in: 0..<8, using: &random) {
    case 0: input.removeSubrange(start..<end)
    case 1: input.insert(contentsOf: input[start..<end], at: start)
    case 2: input.insert(contentsOf: words.randomElement(using: &random) ?? [], at: start)
    case 3: input.replaceSubrange(start..<end, with: words.randomElement(using: &random) ?? [])
    case 4:
      for index in start..<end where Bool.random(using: &random) {
        input[index] = UInt8.random(in: 0...255, using: &random)
      }
    case 5: if start < input.count { input[start] ^= 1 << UInt8.random(in: 0...7, using: &random) }
    case 6:
      let other = corpus.randomElement(using: &random) ?? []
      let from = Int.random(in: 0...other.count, using: &random)
      input.insert(contentsOf: other[from..<min(other.count, from + 200)], at: start)
    default:
      let word = words.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 1...300, using: &random) { input.insert(contentsOf: word, at: start) }
    }
  }
}
