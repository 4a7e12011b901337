import Testing

@testable import HostProtocol

@Suite struct FrameTests {
  @Test func aFrameIsItsLengthAndItsBytes() throws {
    #expect(try Frame.encode([1, 2, 3]) == [0, 0, 0, 3, 1, 2, 3])
    #expect(try Frame.encode([]) == [0, 0, 0, 0])
  }

  @Test func readsFramesWhateverThePieces() throws {
    let payloads: [[UInt8]] = [[], [7], Array(repeating: 1, count: 70_000), [2, 3]]
    let stream = try payloads.flatMap { try Frame.encode($0) }
    for size in [1, 2, 3, 5, 4096, stream.count] {
      var reader = FrameReader()
      var read: [[UInt8]] = []
      for start in stride(from: 0, to: stream.count, by: size) {
        reader.append(stream[start..<min(start + size, stream.count)])
        while let payload = try reader.next() { read.append(payload) }
      }
      #expect(read == payloads)
      #expect(!reader.isInsideFrame)
    }
  }

  @Test func aCutFrameIsNoFrame() throws {
    let frame = try Frame.encode([1, 2, 3])
    for length in 1..<frame.count {
      var reader = FrameReader()
      reader.append(frame.prefix(length))
      #expect(try reader.next() == nil)
      #expect(reader.isInsideFrame)
    }
  }

  @Test func aFrameThatIsTooLongIsAnErrorAtItsHeader() {
    var reader = FrameReader()
    reader.append([0x04, 0, 0, 1])
    #expect(throws: FrameError.tooLong(Frame.longest + 1)) { try reader.next() }
    var garbage = FrameReader()
    garbage.append("Last login: today\n".utf8)
    #expect(throws: FrameError.self) { try garbage.next() }
  }

  @Test func anyBytesAreFramesOrAnError() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      var reader = FrameReader()
      for _ in 0..<4 {
        let most = UInt8.random(in: 0...255, using: &random)
        reader.append(
          (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...most, using: &random) })
      }
      do throws(FrameError) {
        while let payload = try reader.next() { #expect(payload.count <= 160) }
      } catch {
        guard case .tooLong(let length) = error else {
          Issue.record("\(error)")
          continue
        }
        #expect(length > Frame.longest)
      }
    }
  }
}
