import Foundation
import Lab
import Plan

/// How long steps took in rehearsals of a site: kept beside the labs, for a twin's journal goes with the twin. A hint for
/// forecasts, and nothing else: what cannot be read is forgotten.
public struct StepMemory: Sendable {
  private let path: String

  /// How many are kept of the same step with the same work, and of all.
  static let mostAlike = 5
  static let most = 20_000

  /// - Parameter base: where labs lie; see `Lab`
  public init(site: String, base: String? = nil) {
    path = "\(LabPaths(site: site, base: base).base)/rehearsed/\(site).json"
  }

  private struct Form: Codable {
    var format = 1
    var samples: [StepTime.Sample]
  }

  /// The newest first.
  public var samples: [StepTime.Sample] {
    guard let data = FileManager.default.contents(atPath: path),
      let form = try? JSONDecoder().decode(Form.self, from: data), form.format == 1
    else { return [] }
    return form.samples
  }

  /// Adds what has just been done.
  ///
  /// - Throws: `RehearsalError` where it cannot be written
  public func add(_ new: [StepTime.Sample]) throws {
    let form = Form(samples: Self.joined(new, samples))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try encoder.encode(form).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw RehearsalError("\(path): cannot be written: \(error.localizedDescription)")
    }
  }

  /// The newest of each, and not too many.
  static func joined(_ new: [StepTime.Sample], _ old: [StepTime.Sample]) -> [StepTime.Sample] {
    struct Key: Hashable {
      var step: String
      var work: String?
    }
    var counts: [Key: Int] = [:]
    return Array(
      (new + old).filter { sample in
        counts[Key(step: sample.step, work: sample.work), default: 0] += 1
        return counts[Key(step: sample.step, work: sample.work), default: 0] <= mostAlike
      }.prefix(most))
  }
}
