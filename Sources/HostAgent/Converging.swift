import HostProtocol

/// A resource as the agent knows it: what differs, and how to make it not differ.
protocol Converging {
  /// Changes nothing. Something that cannot become as desired is told as a change, too; `converge` then says why not.
  func changes(on host: Host) throws -> [Change]
  /// Makes it as desired. Only called where `changes` tells some.
  func converge(_ host: Host) throws
}

extension Resource {
  var converging: any Converging {
    switch self {
    case .package(let package): package
    case .file(let file): file
    case .directory(let directory): directory
    case .user(let user): user
    case .group(let group): group
    case .unit(let unit): unit
    case .sysctls(let sysctls): sysctls
    case .module(let module): module
    case .interface(let interface): interface
    case .cephMon(let mon): mon
    case .cephOSD(let osd): osd
    case .command(let command): command
    }
  }
}
