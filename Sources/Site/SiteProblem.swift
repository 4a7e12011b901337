/// One thing that is wrong with a site file: where, what, and what to do.
public struct SiteProblem: Sendable, Hashable, CustomStringConvertible {
  public var path: String
  /// From 1.
  public var line: Int
  /// From 1.
  public var column: Int
  /// What is wrong: `unknown key 'replica' in pool 'vms'`.
  public var what: String
  /// What to do about it: `did you mean 'replicas'?`.
  public var remedy: String

  public init(path: String, line: Int, column: Int, what: String, remedy: String) {
    self.path = path
    self.line = line
    self.column = column
    self.what = what
    self.remedy = remedy
  }

  /// `site.yaml:12:7: unknown key 'replica' in pool 'vms'; did you mean 'replicas'?`
  public var description: String { "\(path):\(line):\(column): \(what); \(remedy)" }
}

/// All problems of a site file, in the order of their places.
public struct SiteProblems: Error, Sendable, Hashable, CustomStringConvertible {
  public var problems: [SiteProblem]

  public init(problems: [SiteProblem]) { self.problems = problems }

  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
