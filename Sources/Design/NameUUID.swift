/// A UUID made of a name: version 8 of RFC 9562, with the 128-bit FNV-1a hash of the name.
///
/// It needs to be the same everywhere and for ever, not to be secret; FNV does that in a line, without a library.
struct NameUUID: CustomStringConvertible {
  let bits: UInt128

  init(_ name: String) {
    // Offset basis and prime: draft-eastlake-fnv, section 5.
    let hash = name.utf8.reduce(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d as UInt128) {
      ($0 ^ UInt128($1)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b
    }
    let version: UInt128 = 0xF << 76
    let variant: UInt128 = 0b11 << 62
    bits = hash & ~(version | variant) | 8 << 76 | 0b10 << 62
  }

  var description: String {
    String(unsafeUninitializedCapacity: 36) { text in
      var place = 0
      for nibble in 0..<32 {
        if [8, 12, 16, 20].contains(nibble) {
          text[place] = UInt8(ascii: "-")
          place += 1
        }
        let digit = UInt8(truncatingIfNeeded: bits >> (4 * (31 - nibble)) & 15)
        text[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
        place += 1
      }
      return place
    }
  }
}
