import Foundation
import Testing

@testable import Site

@Suite struct ValueTests {
  @Test func ipv4RoundTrips() {
    for number in 0..<10_000 as Range<UInt32> {
      // Knuth's multiplicative hash: numbers from all over the range, the same in every run.
      let address = IPv4Address(bits: number &* 2_654_435_761)
      #expect(IPv4Address(address.description) == address)
      let prefix = IPv4Prefix(address, length: Int(number % 33))
      #expect(IPv4Prefix(prefix.description) == prefix)
      #expect(prefix.contains(address))
    }
  }

  @Test func ipv6RoundTrips() {
    for number in 0..<10_000 as Range<UInt32> {
      // Every one of the 256 sets of groups that are zero comes up, and so every place of `::`.
      let groups = (0..<8).map { number >> $0 & 1 == 0 ? 0 : (number + $0) &* 2_654_435_761 >> 16 }
      let address = IPv6Address(bits: groups.reduce(0) { $0 << 16 | UInt128($1) })
      #expect(IPv6Address(address.description) == address)
      let prefix = IPv6Prefix(address, length: Int(number % 129))
      #expect(IPv6Prefix(prefix.description) == prefix)
    }
  }

  @Test(arguments: [
    ("::", "::"), ("::1", "::1"), ("fd00::", "fd00::"), ("2001:DB8::1", "2001:db8::1"),
    ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
    ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"), ("0:0:1::", "0:0:1::"),
  ])
  func ipv6IsWrittenCanonically(text: String, canonical: String) {
    #expect(IPv6Address(text)?.description == canonical)
  }

  @Test(arguments: [
    "", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "g::", "::+1", "fe80::1%eth0",
  ])
  func notIPv6(text: String) {
    #expect(IPv6Address(text) == nil)
  }

  @Test(arguments: ["", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.1.1.1", "1.2.3.+4", "1..2.3", " 1.2.3.4", "１.2.3.4"])
  func notIPv4(text: String) {
    #expect(IPv4Address(text) == nil)
  }

  @Test func prefixesOverlapWhereOneHoldsTheOther() throws {
    let wide = try #require(IPv4Prefix("198.18.0.0/15"))
    let narrow = try #require(IPv4Prefix("198.19.64.0/18"))
    let beside = try #require(IPv4Prefix("198.20.0.0/15"))
    #expect(wide.overlaps(narrow) && narrow.overlaps(wide))
    #expect(!wide.overlaps(beside) && !beside.overlaps(narrow))
  }

  @Test func bytesRoundTrip() {
    for shift in 0..<40 {
      for number in [1, 3, 10, 100, 1000] as [UInt64] where shift >= 10 {
        // What is printed has one decimal: whole numbers of a unit come back as they were.
        let bytes = Bytes(number << UInt64(shift / 10 * 10))
        #expect(Bytes(bytes.description.replacing(" ", with: "")) == bytes)
      }
    }
  }

  @Test(arguments: [("10GiB", 10 << 30), ("1.5TB", 1_500_000_000_000), ("64KiB", 65536), ("0MB", 0)])
  func bytesAreRead(text: String, count: UInt64) {
    #expect(Bytes(text)?.count == count)
  }

  @Test(arguments: [
    "", "10", "GiB", "10 GiB", "-1GiB", "0x10GiB", "1e3GiB", "infGiB", "nanGiB", "1.2.3GB", "10gib", "99999999PiB",
  ])
  func notBytes(text: String) {
    #expect(Bytes(text) == nil)
  }

  @Test func bytesAreANumberInJSON() throws {
    let json = try JSONEncoder().encode([Bytes.gib(1)])
    #expect(String(decoding: json, as: UTF8.self) == "[1073741824]")
    #expect(try JSONDecoder().decode([Bytes].self, from: json) == [.gib(1)])
  }

  @Test(arguments: [
    ("replica", "replicas"), ("adress", "address"), ("Hosts", "hosts"), ("mmeory", "memory"), ("role", "roles"),
  ])
  func nearWordsAreSuggested(word: String, meant: String) {
    let keys = ["replicas", "address", "hosts", "memory", "roles", "rack"]
    #expect(Suggestion.nearest(to: word, among: keys) == meant)
  }

  @Test func farWordsAreNot() {
    #expect(Suggestion.nearest(to: "colour", among: ["replicas", "address", "rack"]) == nil)
  }
}
