/// What `--version` and the man pages say.
public enum Version {
    /// The version of this program, as semver.org counts.
    public static let number = "0.1.0"
    /// The date of the version, for the man pages.
    public static let date = "2026-11-24"
}
