import Foundation
import Guarantees
import Site
import Testing

@testable import Design

@Suite struct OutputTests {
  @Test func dump() throws {
    for name in ["one-vm", "three-hosts", "one-rack", "three-racks"] {
      let design = Design(try Sites.example(name))
      print(CheckReport(design).text)
      try DesignPicture(design).svg.write(toFile: "/tmp/pic/\(name).svg", atomically: true, encoding: .utf8)
    }
    print(DesignText(Design(try Sites.example("three-racks"))).text(.all))
    try DesignPicture(Design(Sites.racked(20, hosts: 8))).svg.write(
      toFile: "/tmp/pic/big.svg", atomically: true, encoding: .utf8)
  }
}
