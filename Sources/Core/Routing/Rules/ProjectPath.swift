/// The directory of a project, as far as two of them can be compared without looking at a disk.
enum ProjectPath {
    /// Whether a path is this directory, or lies in it.
    static func lies(_ path: String, in directory: String) -> Bool {
        !directory.isEmpty && steps(path).starts(with: steps(directory))
    }

    /// The names on the way, without those that lead nowhere. A program on Windows writes `C:\work`.
    private static func steps(_ path: String) -> [String] {
        var steps: [String] = []
        for step in path.split(whereSeparator: { $0 == "/" || $0 == "\\" }) where step != "." {
            if step == ".." { _ = steps.popLast() } else { steps.append(String(step)) }
        }
        return steps
    }
}
