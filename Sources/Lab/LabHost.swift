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

  /// The pid of the host's systemd as seen from here; `nil` where the host is off.
  ///
  /// It is the process of the host's cgroup that is number 1 of a pid namespace, and no longer nspawn preparing it.
  var leader: Int32? {
    cgroup.processes.first { pid in
      guard let status = Files.read("/proc/\(pid)/status") else { return false }
      let numbers = status.split(separator: "\n").first { $0.hasPrefix("NSpid:") }?.split(
        whereSeparator: \.isWhitespace)
      guard let numbers, numbers.count == 3, numbers.last == "1" else { return false }
      let program = Files.read("/proc/\(pid)/comm") ?? ""
      return program == "systemd\n" || program == "init\n"
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
