import Foundation

/// A plan on disk.
public enum SavedPlan {
  /// Stable, sorted JSON.
  public static func encode(_ plan: Plan) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(plan)
  }

  /// - Throws: `SavedPlanError` where the data is no plan of this format, or the plan is not sound.
  public static func decode(_ data: Data, path: String) throws -> Plan {
    struct Head: Decodable { var format: Int }
    guard let head = try? JSONDecoder().decode(Head.self, from: data) else {
      throw SavedPlanError(path: path, message: "is no saved plan; make one with varde plan --out")
    }
    guard head.format == Plan.format else {
      throw SavedPlanError(
        path: path, message: "has format \(head.format), this varde reads \(Plan.format); plan again with this varde")
    }
    let plan: Plan
    do {
      plan = try JSONDecoder().decode(Plan.self, from: data)
    } catch {
      throw SavedPlanError(path: path, message: "cannot be read (\(error)); plan again")
    }
    if let defect = plan.defects.first {
      throw SavedPlanError(path: path, message: "is not sound: \(defect); plan again")
    }
    return plan
  }
}

/// Why a saved plan is refused.
public struct SavedPlanError: Error, Sendable, Hashable, CustomStringConvertible {
  public var path: String
  public var message: String

  public var description: String { "\(path): \(message)" }
}
