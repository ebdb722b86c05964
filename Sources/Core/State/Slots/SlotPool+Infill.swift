extension SlotPool {
    /// How long a slot stays the lane of those who fill gaps when none of them comes, seconds.
    private static let laneTime = 300.0

    /// Filling gaps has a slot of its own for as long as somebody types, so that it takes none from a conversation, and none
    /// takes it in turn: what the engine has read around a gap is of use at the next keystroke. With a single slot there is
    /// nothing to keep apart; a conversation is then saved before it gives way.
    func usableSlots(for request: SlotRequest) -> [Slot] {
        guard let lane = infillSlot else { return usableSlots }
        return usableSlots.filter { ($0.id == lane) == request.isInfill }
    }

    /// The slot that nobody else may have; nil: there is none at the moment.
    var infillSlot: Int? {
        guard slots.count > 1, let lane = infillLane, SystemTime.monotonic() < lane.until,
            let slot = slots.first(where: { $0.id == lane.slot }), !isForeign(slot)
        else { return nil }
        return slot.id
    }

    /// The slot is the lane, from now on for a while; then whoever waits can have it.
    func keepLane(_ slot: Int) {
        infillLane = (slot, SystemTime.monotonic() + Self.laneTime)
        laneTimer?.cancel()
        laneTimer = Task {
            do { try await Task.sleep(for: .seconds(Self.laneTime)) } catch { return }
            self.pump()
        }
    }
}
