extension RequestComparison {
    /// The stabiliser that would have kept both requests the same at a difference; nil where none would.
    public func stabiliser(against difference: RequestDifference) -> Stabiliser? {
        switch difference.kind {
        case .toolsReordered: differences.contains { $0.kind == .toolChanged } ? nil : .toolOrder
        case .reasoningDropped: .reasoning
        case .systemChanged: difference.cause?.stabiliserOfSystem
        // Only one that was a part of its own, and is gone.
        case .messageChanged: difference.cause == .reminder && difference.text?.later == nil ? .reminders : nil
        default: nil
        }
    }
}

extension KnownCause {
    /// Which stabiliser helps where a system prompt has changed for this reason.
    fileprivate var stabiliserOfSystem: Stabiliser? {
        switch self {
        case .date, .time, .sessionID, .gitStatus: .volatileLines
        case .billingHeader: .billingHeader
        default: nil
        }
    }
}
