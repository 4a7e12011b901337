/// The colours of a picture: few, told apart also by those who do not see red and green as two.
public enum Palette {
  public static let paper = "#f8f9fb"
  public static let card = "#ffffff"
  public static let edge = "#d9dee7"
  public static let ink = "#1c2430"
  public static let faint = "#6b7688"
  public static let spine = "#26334d"
  public static let leaf = "#3d5a8a"
  public static let uplink = "#8fa3c7"
  public static let downlink = "#c3cede"
  public static let control = "#7a4fbf"
  public static let storage = "#0f8a7e"
  public static let compute = "#d9822b"
}
