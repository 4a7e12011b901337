/// Why steps are no plan: a defect of Varde, not of the site. Nothing is shown or carried out of it.
public struct UnsoundPlan: Error, Sendable, Hashable, CustomStringConvertible {
  public var site: String
  /// See `Plan.defects`.
  public var defects: [String]

  public var description: String {
    "\(site): the plan is not sound and was not begun: \(defects.joined(separator: "; ")); please report this"
  }
}
