import Hosts
import Plan

extension BootIdentity {
  /// Asks a node.
  ///
  /// - Throws: `HostError`
  public init(of session: any HostSession) async throws {
    let contents = try await session.read(["/proc/sys/kernel/random/boot_id", "/proc/1/stat"], limit: 4096)
    let texts = contents.map { String(decoding: $0 ?? [], as: UTF8.self) }
    // Behind the name, which may hold anything, in parentheses: field 22, the start time (proc(5)).
    let fields = texts[1].split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 19 else { throw HostError(host: session.host, message: "does not tell when it booted") }
    self.init(kernel: texts[0].filter { !$0.isWhitespace }, firstProcess: String(fields[19]))
  }
}
