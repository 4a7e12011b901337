import Glibc
import HostProtocol

/// The program on the host: requests on standard input, responses on standard output, nothing left when they end.
public enum AgentProgram {
  /// Serves until standard input ends.
  public static func main() {
    switch Array(CommandLine.arguments.dropFirst()) {
    case []: serve(lock: HostLock.standardPath, patience: HostLock.standardPatience)
    case ["--version"]: print("varde-agent, protocol \(protocolVersion)")
    // --lock PATH SECONDS: for several agents on one machine, as in tests.
    case let words where words.count == 3 && words[0] == "--lock":
      serve(lock: words[1], patience: Int(words[2]) ?? HostLock.standardPatience)
    default:
      complain("started over ssh by varde; it takes requests on standard input")
      exit(2)
    }
  }

  private static func serve(lock: String, patience: Int) {
    do {
      try Signals.prepare()
      let channel = try Channel()
      try Session(channel: channel, lock: lock, patience: patience).serve()
    } catch {
      complain("\(error)")
      exit(1)
    }
  }

  private static func complain(_ words: String) {
    try? writeAll(Array("varde-agent: \(words)\n".utf8), to: 2, "standard error")
  }
}
