import Glibc
import HostProtocol

/// The program on the host: requests on standard input, responses on standard output, nothing left when they end.
@main
enum Agent {
  static func main() {
    switch CommandLine.arguments.dropFirst().first {
    case nil: serve()
    case "--version": print("varde-agent, protocol \(protocolVersion)")
    case .some:
      complain("started over ssh by varde; it takes requests on standard input")
      exit(2)
    }
  }

  private static func serve() {
    do {
      try Signals.prepare()
      let channel = try Channel()
      try Session(channel: channel).serve()
    } catch {
      complain("\(error)")
      exit(1)
    }
  }

  private static func complain(_ words: String) {
    try? writeAll(Array("varde-agent: \(words)\n".utf8), to: 2, "standard error")
  }
}
