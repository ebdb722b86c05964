/// Whether the state of a conversation is kept, and why.
public struct Admission: Sendable, Equatable {
    public var isAdmitted: Bool
    /// The part of conversations like it that come back, from 0 to 1.
    public var share: Double

    public init(isAdmitted: Bool, share: Double) {
        self.isAdmitted = isAdmitted
        self.share = share
    }
}

extension Retention {
    /// Whether a conversation is worth a file: what reading it again would take, less restoring it, times the chance that
    /// anybody comes back has to be more than saving it takes. However cheap saving is, one that hardly ever comes back
    /// would only push out others.
    /// - Parameters:
    ///   - prefill: Seconds that reading its tokens again takes; restoring and saving its state likewise.
    ///   - rates: What became of others.
    public static func admits(
        _ origin: StateOrigin, prefill: Double, restore: Double, save: Double, rates: ReturnRates
    ) -> Admission {
        let share = rates.share(of: origin)
        let isAdmitted = share >= leastShare && share * (prefill - restore) > save
        return Admission(isAdmitted: isAdmitted, share: share)
    }

    /// Below this share nothing is kept.
    static let leastShare = 0.05
}
