/// Why a lab could not do what it was asked to.
public struct LabError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The host, link or file that it is about.
  public var place: String
  /// What is wrong, and what to do.
  public var message: String

  public init(_ place: String, _ message: String) {
    self.place = place
    self.message = message
  }

  public var description: String { "\(place): \(message)" }
}
