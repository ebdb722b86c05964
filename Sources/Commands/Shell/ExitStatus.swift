/// The exit statuses of the program. A number is never given a second meaning.
enum ExitStatus: Int32, CaseIterable {
    case success = 0
    case failure = 1
    case usage = 2

    /// What the man pages say, without a full stop.
    static let meanings: [(ExitStatus, String)] = allCases.map { ($0, $0.meaning) }

    private var meaning: String {
        switch self {
        case .success: "The work is done, or whoever read the output has seen enough and closed it"
        case .failure: "The work could not be done; standard error says why"
        case .usage: "The command line cannot be understood"
        }
    }
}
