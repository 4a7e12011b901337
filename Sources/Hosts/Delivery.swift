import Subprocess

/// Brings the agent to a host, unless it is there: one script in one ssh session verifies, receives and starts it.
public struct Delivery: Sendable {
  /// In hexadecimal.
  let sha256: String
  let bytes: [UInt8]

  private static let directory = "/var/lib/varde/agent"
  private static let asks = "varde: send"
  private static let isReady = "varde: ready"

  /// For `sh -c` on the host. The name of the file is its hash; no other file is ever started.
  ///
  /// It gets that name when it has been verified and lies on the disk, in a directory that only root may enter. Whoever
  /// could change it after that has the host anyway, so that a start need not hash megabytes again: its size tells of a
  /// file system that lost a part of it.
  var script: String {
    """
    d=\(Self.directory) f=\(Self.directory)/\(sha256)
    if [ "$(stat -c %s:%a:%u $f 2>&1)" != "\(bytes.count):700:0" ]; then
      umask 077 && mkdir -p $d && t=$(mktemp $d/new.XXXXXX) || exit 1
      echo "\(Self.asks)"
      whole() { [ "$(sha256sum 2>&1 <$t)" = "\(sha256)  -" ]; }
      if ! { head -c \(bytes.count) >$t && whole && chmod 700 $t && sync $t && mv $t $f; }; then
        rm -f $t
        echo "the agent did not arrive whole in $d (is its file system full?)" >&2
        exit 1
      fi
      find $d -type f ! -name \(sha256) ! \\( -name "new.*" -mmin -60 \\) -delete
    fi
    echo "\(Self.isReady)"
    exec $f
    """
  }

  /// How long the agent may take to get to the host: some megabytes, and many hosts may share a thin line.
  static let limit = Duration.seconds(1800)

  /// Waits until the script asks for the agent, or is about to start the one that is there.
  ///
  /// - Returns: whether it asks
  /// - Throws: `Breach`, and what the streams throw
  func isAsked(_ incoming: inout Incoming, isolation actor: isolated any Actor) async throws -> Bool {
    // A shell's startup files may print before the script does.
    var lines = 0
    while let line = try await incoming.line(isolation: actor), lines < 1000 {
      if line == Self.asks { return true }
      if line == Self.isReady { return false }
      lines += 1
    }
    throw Breach.notStarted
  }

  /// Sends the agent, and waits until it is about to start.
  ///
  /// - Throws: `Breach`, and what the streams throw
  func send(
    _ input: StandardInputWriter, _ incoming: inout Incoming, isolation actor: isolated any Actor
  ) async throws {
    _ = try await input.write(bytes)
    guard try await !isAsked(&incoming, isolation: actor) else { throw Breach.notStarted }
  }
}
