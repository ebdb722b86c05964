/// The rules of one ignore file, as gitignore(5) describes them.
struct IgnoreFile: Sendable {
    /// How many names lead from the root of the walk to the directory that the rules are about.
    private var depth: Int
    /// The names that lead from that directory to the root, where it is above the root.
    private var above: [[UInt8]] = []
    private let rules: [IgnoreRule]

    /// - Parameter text: the file.
    init(_ text: [UInt8], depth: Int) {
        self.depth = depth
        var lines = text[...]
        if lines.starts(with: [0xEF, 0xBB, 0xBF]) { lines = lines.dropFirst(3) }
        rules = lines.split(separator: 0x0A).compactMap { IgnoreRule(line: $0) }
    }

    /// The same rules, for a walk whose root is further down.
    /// - Parameter names: that lead to the new root from the old one.
    func moved(below names: [[UInt8]]) -> IgnoreFile {
        var moved = self
        moved.above = Array(names[depth...])
        moved.depth = 0
        return moved
    }

    /// What the rules say about a path; nil: nothing. The last rule that fits counts.
    /// - Parameter path: the names that lead there from the root of the walk.
    func isIgnored(_ path: [[UInt8]], isDirectory: Bool) -> Bool? {
        let own = above.isEmpty ? path[depth...] : (above + path)[...]
        for rule in rules.reversed() where rule.fits(own, isDirectory: isDirectory) { return !rule.isNegated }
        return nil
    }
}

/// A line of an ignore file.
struct IgnoreRule: Sendable {
    private enum Step: Sendable {
        case name(GlobPattern)
        /// `**`: any number of names.
        case anything
    }

    /// Whether what fits is not ignored after all.
    let isNegated: Bool
    private let isForDirectories: Bool
    /// Whether the steps begin at the rules' directory; else the last name of a path counts alone.
    private let isAnchored: Bool
    private let steps: [Step]

    /// - Returns: nil for a line without a rule, or with one that matches nothing.
    init?(line: ArraySlice<UInt8>) {
        var line = line
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        guard line.first != UInt8(ascii: "#") else { return nil }
        line = Self.withoutLastSpaces(line)
        isNegated = line.first == UInt8(ascii: "!")
        if isNegated { line = line.dropFirst() }
        isForDirectories = line.last == UInt8(ascii: "/")
        if isForDirectories { line = line.dropLast() }
        isAnchored = line.contains(UInt8(ascii: "/"))
        if line.first == UInt8(ascii: "/") { line = line.dropFirst() }
        guard !line.isEmpty else { return nil }
        var steps: [Step] = []
        for part in line.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if isAnchored, part.elementsEqual("**".utf8) {
                steps.append(.anything)
            } else {
                guard let pattern = GlobPattern(part) else { return nil }
                steps.append(.name(pattern))
            }
        }
        // Behind a name, `**` at the end means all that is inside, and not the directory itself.
        if case .anything? = steps.last, steps.count > 1, let any = GlobPattern([UInt8(ascii: "*")]) {
            steps.append(.name(any))
        }
        self.steps = steps
    }

    /// Whether a path fits the rule.
    func fits(_ path: ArraySlice<[UInt8]>, isDirectory: Bool) -> Bool {
        if isForDirectories, !isDirectory { return false }
        guard isAnchored else {
            guard let name = path.last, case .name(let pattern)? = steps.first else { return false }
            return pattern.matches(name)
        }
        var (step, place) = (0, path.startIndex)
        // As for the stars in a name: only the last `**` ever has to take more.
        var last: (step: Int, place: Int)?
        while place < path.endIndex {
            if step < steps.count, case .anything = steps[step] {
                step += 1
                last = (step, place)
            } else if step < steps.count, case .name(let pattern) = steps[step], pattern.matches(path[place]) {
                step += 1
                place += 1
            } else if let again = last {
                last = (again.step, again.place + 1)
                (step, place) = (again.step, again.place + 1)
            } else {
                return false
            }
        }
        return steps[step...].allSatisfy { if case .anything = $0 { true } else { false } }
    }

    /// Spaces at the end do not count unless a backslash is before them.
    private static func withoutLastSpaces(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        while line.last == UInt8(ascii: " ") {
            let backslashes = line.dropLast().reversed().prefix { $0 == UInt8(ascii: "\\") }.count
            if !backslashes.isMultiple(of: 2) { break }
            line = line.dropLast()
        }
        return line
    }
}
