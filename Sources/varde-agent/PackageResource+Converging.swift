import HostProtocol

extension PackageResource: Converging {
  func changes(on host: Host) throws -> [Change] {
    let package = try host.packages().packages[name]
    let installed = package.flatMap { $0.isInstalled ? $0.version : nil }
    guard present else { return installed.map { [Change("version", from: $0, to: nil)] } ?? [] }
    if let package, package.isHalfway { return [Change("state", from: package.state, to: "installed")] }
    guard let installed else { return [Change("version", from: nil, to: version ?? "newest")] }
    guard let version, version != installed else { return [] }
    return [Change("version", from: installed, to: version)]
  }

  func converge(_ host: Host) throws {
    try Apt(host: host).converge([self])
  }
}
