import FoundationEssentials

/// Messages to frames and back: the JSON of `Request` and `Response`.
public enum Wire {
  /// A whole frame.
  ///
  /// - Throws: `FrameError.tooLong`, `FrameError.notAMessage`
  public static func frame(_ message: some Encodable) throws(FrameError) -> [UInt8] {
    let payload: [UInt8]
    do {
      payload = Array(try JSONEncoder().encode(message))
    } catch {
      throw .notAMessage("\(error)")
    }
    return try Frame.encode(payload)
  }

  /// The message of a frame's payload.
  ///
  /// - Throws: `FrameError.notAMessage`
  public static func message<Message: Decodable>(
    _ type: Message.Type = Message.self, of payload: [UInt8]
  ) throws(FrameError) -> Message {
    do {
      return try JSONDecoder().decode(type, from: Data(payload))
    } catch {
      throw .notAMessage("\(error)")
    }
  }
}
