import Design
import Foundation

/// A host or switch of a lab: a systemd-nspawn container with a cgroup of its own.
struct LabHost: Sendable {
  var node: Node
  var paths: LabPaths

  var name: String { node.name }
  var machine: String { paths.machine(name) }
  var cgroup: Cgroup { paths.cgroup(name) }
  var root: String { paths.root(name) }

  /// The pid of the host's systemd as seen from here; `nil` where the host is off or has only begun to boot.
  ///
  /// systemd moves itself into `init.scope`, where it is number 1 of its pid namespace.
  var leader: Int32? {
    cgroup.processes(ofUnit: "init.scope").first { pid in
      let status = Files.read("/proc/\(pid)/status") ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix("NSpid:") }
      guard let numbers = line?.split(whereSeparator: \.isWhitespace) else { return false }
      return numbers.count == 3 && numbers.last == "1"
    }
  }

  /// As `leader`.
  ///
  /// - Throws: `LabError` where the host is off.
  func runningLeader() throws -> Int32 {
    guard let leader else {
      throw LabError(name, "is off; 'varde lab up' starts it")
    }
    return leader
  }

  /// A command line that runs a program of this machine in the host's network.
  func network(_ argv: String...) throws -> [String] { ["nsenter", "-t", "\(try runningLeader())", "-n"] + argv }

  /// A command line that runs a program of the host in the host.
  func inside(_ argv: [String]) throws -> [String] {
    ["nsenter", "-t", "\(try runningLeader())", "-m", "-u", "-i", "-n", "-p", "-C", "--"] + argv
  }

  /// The file behind a disk of the design; `nil` for a disk that is a file already, which the rollout makes.
  func diskFile(_ disk: DiskDesign) -> String? {
    guard disk.path.hasPrefix("/dev/") else { return nil }
    return disk.path.dropFirst("/dev/".count).replacing("/", with: "-") + ".img"
  }
}
