/// What is taken of the pictures in requests, and from where.
public struct ImagePolicy: Sendable, Equatable {
    /// Which URLs are fetched.
    public enum URLs: String, Sendable, CaseIterable {
        /// Those that lead to public addresses.
        case `public`
        /// All of http and https, those of this machine and its network included.
        case any
        /// None: pictures come in the request.
        case off
    }

    /// Which URLs are fetched.
    public var urls: URLs
    /// The largest picture, in bytes.
    public var limit: Int
    /// The most pictures that are fetched for one request.
    public var fetches = 32
    /// The most bytes that fetched pictures bring into one request.
    public var fetchedBytes = 64 << 20
    /// How long a picture may take to come.
    public var patience = Duration.seconds(20)

    public init(urls: URLs = .public, limit: Int = 20 << 20) {
        self.urls = urls
        self.limit = limit
    }
}

/// Why a picture is not taken.
public struct ImageProblem: Error, Sendable, Equatable {
    /// A word for programs, from OpenAI's list (https://platform.openai.com/docs/api-reference/responses/object).
    public let code: String
    /// What is wrong with the picture and what to do, as the rest of a sentence that begins with it: `is no PNG, …`.
    public let message: String

    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}
