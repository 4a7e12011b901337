import Glibc

/// What dpkg has installed, from its status file.
struct DpkgStatus {
  struct Package: Hashable {
    /// `installed`, `half-configured`, `config-files`, …: the third word of `Status`.
    var state: String
    var version: String

    /// dpkg's work on triggers may be outstanding; the files are there.
    var isInstalled: Bool { state == "installed" || state.hasPrefix("triggers-") }
    /// dpkg was interrupted.
    var isHalfway: Bool { ["half-installed", "half-configured", "unpacked"].contains(state) }
  }

  static let path = "/var/lib/dpkg/status"

  private(set) var packages: [String: Package] = [:]

  static func read() throws -> DpkgStatus { DpkgStatus(try FileSystem.read(path)) }

  /// Reads the bytes once and makes strings of three fields a package only: the file has megabytes.
  init(_ bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { buffer in
      var name: Field?
      var status: Field?
      var version: Field?
      var start = 0
      while start < buffer.count {
        let end = Self.lineEnd(buffer, from: start)
        let line = Field(rebasing: buffer[start..<end])
        if line.isEmpty {
          add(name, status, version)
          (name, status, version) = (nil, nil, nil)
        } else {
          name = Self.value(line, "Package: ") ?? name
          status = Self.value(line, "Status: ") ?? status
          version = Self.value(line, "Version: ") ?? version
        }
        start = end + 1
      }
      add(name, status, version)
    }
  }

  private typealias Field = UnsafeBufferPointer<UInt8>

  private static func lineEnd(_ buffer: Field, from start: Int) -> Int {
    guard let base = buffer.baseAddress, let newline = memchr(base + start, 0x0a, buffer.count - start) else {
      return buffer.count
    }
    return UnsafeRawPointer(newline) - UnsafeRawPointer(base)
  }

  private static func value(_ line: Field, _ key: StaticString) -> Field? {
    let length = key.utf8CodeUnitCount
    guard line.count >= length, let base = line.baseAddress, memcmp(base, key.utf8Start, length) == 0 else {
      return nil
    }
    return Field(rebasing: line[length...])
  }

  private mutating func add(_ name: Field?, _ status: Field?, _ version: Field?) {
    guard let name, let status else { return }
    let key = String(decoding: name, as: UTF8.self)
    let state = status.split(separator: UInt8(ascii: " ")).last.map { String(decoding: $0, as: UTF8.self) } ?? ""
    // Of several architectures of one name, the installed one counts.
    guard packages[key]?.isInstalled != true else { return }
    packages[key] = Package(state: state, version: version.map { String(decoding: $0, as: UTF8.self) } ?? "")
  }
}
