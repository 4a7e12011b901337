import Lab

extension Lab {
  /// The lab, if it is there.
  ///
  /// - Throws: `InputError` that says how to make it
  func existing() throws -> Lab {
    guard exists else {
      throw InputError(description: "site '\(design.site)' has no twin here; make one with varde lab up")
    }
    return self
  }
}
