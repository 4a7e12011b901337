import HostProtocol

@main
enum Agent {
  static func main() {}
}
