/// A map that cannot be read.
public struct CrushMapError: Error, Sendable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}
