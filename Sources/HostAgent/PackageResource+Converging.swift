import Debian
import HostProtocol

extension PackageResource: Converging {
  func changes(on host: Host) throws -> [Change] {
    let package = try host.packages().packages[name]
    let installed = package.flatMap { $0.isInstalled ? $0.version : nil }
    guard present else { return installed.map { [Change("version", from: $0, to: nil)] } ?? [] }
    if let package, package.isHalfway { return [Change("state", from: package.state, to: "installed")] }
    let wanted = version ?? atLeast.map { suite == nil ? $0 : "\($0) (\(suite ?? ""))" } ?? "newest"
    guard let installed else { return [Change("version", from: nil, to: wanted)] }
    if let version { return version == installed ? [] : [Change("version", from: installed, to: wanted)] }
    return isOlder(installed) ? [Change("version", from: installed, to: wanted)] : []
  }

  private func isOlder(_ installed: String) -> Bool {
    guard let least = atLeast.flatMap(UpstreamVersion.init), let found = UpstreamVersion(installed) else {
      return false
    }
    return found < least
  }

  func converge(_ host: Host) throws {
    try Apt(host: host).converge([self])
  }
}
