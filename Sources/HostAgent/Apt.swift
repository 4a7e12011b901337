import Glibc
import HostProtocol

/// Installs and removes packages: what one batch asks for in one run of apt-get.
struct Apt {
  let host: Host

  /// In seconds; a download over a slow line is long, a hung one must still end.
  private static let timeout = 1800

  /// A pseudo-terminal would take dpkg out of the process group, and so out of the reach of the session's end. Without
  /// its pause before it asks a mirror again, apt 2.6 comes to an end; with it, it has been seen to wait for ever.
  private static let options = [
    "-y", "-q", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Use-Pty=0", "-o", "Dpkg::Options::=--force-confdef",
    "-o", "Dpkg::Options::=--force-confold", "-o", "Acquire::Retries::Delay=false",
  ]

  /// In seconds: between two tries to get the lists.
  private static let pauses = [2, 10]

  func converge(_ packages: [PackageResource]) throws {
    try ServicePolicy.whileDenying {
      try finishInterrupted()
      let unwanted = packages.filter { !$0.present }.map(\.name)
      if !unwanted.isEmpty { try aptGet(["remove"] + unwanted) }
      let wanted = Dictionary(grouping: packages.filter(\.present), by: \.suite)
      for (suite, packages) in wanted.sorted(by: { ($0.key ?? "") < ($1.key ?? "") }) {
        try install(packages, from: suite)
      }
    }
  }

  private func install(_ packages: [PackageResource], from suite: String?) throws {
    if let suite { try AptSuite(name: suite).ensure() }
    let names = packages.map { package in package.version.map { "\(package.name)=\($0)" } ?? package.name }
    let downgrades = packages.contains { $0.version != nil } ? ["--allow-downgrades"] : []
    let release = suite.map { ["--target-release", $0] } ?? []
    let arguments = ["install", "--no-install-recommends"] + release + downgrades + names
    let areFresh = PackageLists.areFresh
    if !areFresh { try update() }
    do {
      try aptGet(arguments)
    } catch  where areFresh {
      // The lists may not know a package, or name a file that the mirror has replaced since.
      try update()
      try aptGet(arguments)
    }
  }

  private func update() throws {
    // Without "any", a mirror that is away is a warning, and the install fails with a message about something else.
    let arguments = ["update", "-o", "APT::Update::Error-Mode=any"]
    for pause in Self.pauses {
      // A mirror that many hosts ask at once may fail for a moment.
      if (try? aptGet(arguments)) != nil { return try PackageLists.markFresh() }
      try host.pause(seconds: pause)
    }
    try aptGet(arguments)
    try PackageLists.markFresh()
  }

  /// Brings what an interrupted dpkg has left to its end.
  private func finishInterrupted() throws {
    let isHalfway = try host.packages().packages.values.contains { $0.isHalfway }
    guard isHalfway || !FileSystem.names(in: "/var/lib/dpkg/updates").isEmpty else { return }
    let configure = ["dpkg", "--force-confdef", "--force-confold", "--configure", "-a"]
    do {
      try host.execute(configure, timeout: Self.timeout)
    } catch {
      // What is missing for it may have been in the same interrupted run.
      try aptGet(["install", "--fix-broken"])
    }
    if try DpkgStatus.read().packages.values.contains(where: { $0.state == "half-installed" }) {
      try aptGet(["install", "--fix-broken"])
    }
  }

  private func aptGet(_ arguments: [String]) throws {
    try host.execute(["apt-get"] + Self.options + arguments, timeout: Self.timeout)
  }
}
