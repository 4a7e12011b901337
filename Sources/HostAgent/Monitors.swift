import Glibc
import HostProtocol

/// The Ceph monitors, asked through the host's own librados. The connection is kept for the session.
final class Monitors {
  private var library: Rados?
  private var handle: (client: String, cluster: RadosHandle)?

  /// What cannot be asked is told as a status, too: that the cluster is not there yet is an answer.
  func ask(_ command: MonCommand) -> MonReply {
    do throws(MonFailure) {
      let rados = try loaded()
      let cluster = try connected(command, rados)
      rados.set(cluster, "rados_mon_op_timeout", "\(command.timeout)")
      let reply = rados.command(cluster, command.json, input: Array(command.input.utf8))
      // After a timeout the handle may wait for monitors that are gone; the next question takes a new one.
      if reply.status == -Int(ETIMEDOUT) { close() }
      return reply
    } catch {
      return MonReply(status: -Int(error.code), output: "", message: error.message)
    }
  }

  deinit { close() }

  private func connected(_ command: MonCommand, _ rados: Rados) throws(MonFailure) -> RadosHandle {
    if let handle, handle.client == command.client { return handle.cluster }
    close()
    let cluster = try rados.connect(client: command.client, timeout: command.timeout)
    handle = (command.client, cluster)
    return cluster
  }

  private func loaded() throws(MonFailure) -> Rados {
    if let library { return library }
    let rados = try Rados()
    library = rados
    return rados
  }

  private func close() {
    if let handle { library?.shutdown(handle.cluster) }
    handle = nil
  }
}

/// Why the monitors could not be asked.
struct MonFailure: Error {
  /// An errno.
  var code: Int32
  var message: String
}
