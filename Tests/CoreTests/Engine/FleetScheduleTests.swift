import Testing

@testable import LocalCodeCore

@Suite struct FleetScheduleTests {
    private func model(
        _ name: String, _ phase: FleetSchedule.Phase = .unloaded, need: Int = 100, active: Int = 0,
        waiting: Double? = nil, idle: Double = 0, load: Double = 0
    ) -> FleetSchedule.Model {
        FleetSchedule.Model(
            name: name, phase: phase, need: need, leastNeed: need, active: active, waitingSince: waiting,
            idleSince: idle,
            loadSeconds: load)
    }

    private func decide(
        _ models: [FleetSchedule.Model], budget: Int? = 150, patience: Double = 30, now: Double = 100
    ) -> FleetSchedule.Decision {
        FleetSchedule(models: models, budget: budget, patience: patience, now: now).decide()
    }

    @Test func aReadyEngineTakesItsRequests() {
        #expect(decide([model("a", .ready, waiting: 99)]).grants == ["a"])
        #expect(decide([model("a", .ready)]) == .init())
    }

    @Test func anUnloadedModelIsLoadedWhenItIsAskedFor() {
        #expect(decide([model("a", waiting: 99)]).loads == ["a"])
        #expect(decide([model("a")]).loads == [])
    }

    @Test func twoModelsAreLoadedTogetherWhereBothFit() {
        #expect(decide([model("a", waiting: 98), model("b", waiting: 99)], budget: 200).loads == ["a", "b"])
        #expect(decide([model("a", waiting: 98), model("b", waiting: 99)], budget: nil).loads == ["a", "b"])
        #expect(decide([model("a", waiting: 98), model("b", waiting: 99)], budget: 199).loads == ["a"])
    }

    @Test func whoeverWaitsLongestIsLoadedFirst() {
        #expect(decide([model("a", waiting: 99), model("b", waiting: 98)]).loads == ["b"])
    }

    @Test func theEngineThatIsIdleLongestGivesWay() {
        let decision = decide(
            [
                model("a", .ready, need: 50, idle: 20), model("b", .ready, need: 50, idle: 10),
                model("c", need: 80, waiting: 99),
            ])
        #expect(decision.unloads == ["b"])
        #expect(decision.loads == [])
    }

    @Test func thereIsRoomWhereNobodyHasToGiveWay() {
        func hasRoom(_ models: [FleetSchedule.Model], budget: Int? = 150) -> Bool {
            FleetSchedule(models: models, budget: budget, patience: 30, now: 100).hasRoom(for: "small")
        }
        #expect(hasRoom([model("main", .ready, need: 100), model("small", need: 50)]))
        #expect(!hasRoom([model("main", .ready, need: 100), model("small", need: 51)]))
        #expect(!hasRoom([model("main", .loading, need: 100), model("small", need: 51)]))
        #expect(hasRoom([model("main", need: 100), model("small", need: 51)]))
        #expect(hasRoom([model("main", .ready, need: 100), model("small", .ready, need: 51)]))
        #expect(hasRoom([model("main", .ready, need: 100), model("small", need: 51)], budget: nil))
        #expect(!hasRoom([model("main", .ready)]))
    }

    @Test func asManyGiveWayAsAreNeeded() {
        let decision = decide(
            [
                model("a", .ready, need: 50, idle: 20), model("b", .ready, need: 50, idle: 10),
                model("c", need: 140, waiting: 99),
            ])
        #expect(Set(decision.unloads) == ["a", "b"])
    }

    @Test func whatIsFreedIsWaitedForAndTakenByNobodyElse() {
        let stopping = model("a", .stopping)
        let decision = decide([
            stopping, model("b", .ready, need: 50, idle: 1), model("c", waiting: 98), model("d", need: 50, waiting: 99),
        ])
        #expect(decision == .init())
    }

    @Test func anIdleEngineStaysWhereItsNextRequestComesSoonerThanASwap() {
        func decide(gap: Double?, idle: Double, load: Double = 4) -> FleetSchedule.Decision {
            var engine = model("a", .ready, idle: idle)
            engine.usualGap = gap
            return self.decide([engine, model("b", waiting: 99.5, load: load)])
        }
        #expect(decide(gap: 1, idle: 99).unloads == [])
        #expect(decide(gap: 1, idle: 99).nextLook == 101)
        #expect(decide(gap: 1, idle: 97).unloads == ["a"])
        // Twice its gap is longer than a swap: the swap is what counts.
        #expect(decide(gap: 3, idle: 99).nextLook == 103)
        // Next to nothing is a quarter of a swap.
        #expect(decide(gap: 0.001, idle: 99.5).nextLook == 100.5)
        #expect(decide(gap: 5, idle: 99).unloads == ["a"])
        #expect(decide(gap: nil, idle: 99).unloads == ["a"])
    }

    @Test func aBusyEngineGoesOnUntilPatienceIsOver() {
        let busy = model("a", .ready, active: 2, waiting: 99)
        let patient = decide([busy, model("b", waiting: 80)])
        #expect(patient.grants == ["a"])
        #expect(patient.nextLook == 110)
        let impatient = decide([busy, model("b", waiting: 70)])
        #expect(impatient.grants == [])
        #expect(impatient.unloads == [])
        var done = busy
        done.active = 0
        #expect(decide([done, model("b", waiting: 70)]).unloads == ["a"])
    }

    @Test func anEngineServesWhoWaitedForItBeforeItGivesWay() {
        var fresh = model("a", .ready, waiting: 10)
        fresh.isFresh = true
        let decision = decide([fresh, model("b", waiting: 11)])
        #expect(decision.grants == ["a"])
        #expect(decision.unloads == [])
    }

    @Test func aPinnedModelIsLoadedUnaskedAndNeverGivesWay() {
        var pinned = model("a")
        pinned.isPinned = true
        #expect(decide([pinned]).loads == ["a"])
        pinned.phase = .ready
        let decision = decide([pinned, model("b", need: 60, waiting: 10)])
        #expect(decision.unloads == [])
        #expect(decision.refusals == ["b"])
    }

    @Test func anEngineThatIsNotPinnedGivesWayBeforeOneThatIs() {
        var pinned = model("a", .ready, need: 60, idle: 1)
        pinned.isPinned = true
        #expect(
            decide([pinned, model("b", .ready, need: 60, idle: 90), model("c", need: 60, waiting: 99)]).unloads == ["b"]
        )
    }

    @Test func whoWaitsBehindSomebodyTakesWhatIsFree() {
        let busy = model("a", .ready, active: 1)
        let decision = decide([busy, model("b", waiting: 98), model("c", need: 50, waiting: 99)])
        #expect(decision.loads == ["c"])
        #expect(decision.unloads == [])
    }

    @Test func oneModelAtATimeMakesOthersGiveWay() {
        let engines = [model("a", .ready, need: 70, idle: 1), model("b", .ready, need: 70, idle: 2)]
        let waiting = [
            model("c", need: 70, waiting: 97), model("d", need: 140, waiting: 98), model("e", need: 10, waiting: 99),
        ]
        let decision = decide(engines + waiting)
        #expect(decision.unloads == ["a"])
        #expect(decision.loads == ["e"])
    }

    @Test func whatNeverFitsIsRefused() {
        #expect(decide([model("a", need: 151, waiting: 99)]).refusals == ["a"])
        #expect(decide([model("a", need: 150, waiting: 99)]).loads == ["a"])
    }

    @Test func aRefusedModelIsInNobodysWay() {
        #expect(decide([model("a", need: 151, waiting: 90), model("b", waiting: 99)]).loads == ["b"])
    }

    @Test func anIdleEngineEndsWhenItsTimeIsOver() {
        var idle = model("a", .ready, idle: 90)
        idle.timeToLive = 20
        #expect(decide([idle]).nextLook == 110)
        idle.timeToLive = 10
        #expect(decide([idle]).unloads == ["a"])
        idle.active = 1
        #expect(decide([idle]).unloads == [])
        idle.active = 0
        idle.isPinned = true
        #expect(decide([idle]).unloads == [])
    }

    @Test func anEngineThatEndedIsStartedAgainWhenItsTimeHasCome() {
        var ended = model("a")
        ended.wantsRestart = true
        ended.notBefore = 101
        #expect(decide([ended]).nextLook == 101)
        ended.notBefore = 100
        #expect(decide([ended]).loads == ["a"])
        // It does not push anybody out: nobody has asked for it.
        #expect(decide([ended, model("b", .ready, idle: 1)]).unloads == [])
    }

    @Test func aStaleEngineTakesNoMoreRequestsAndEnds() {
        var stale = model("a", .ready, active: 1, waiting: 99)
        stale.isStale = true
        #expect(decide([stale]) == .init())
        stale.active = 0
        #expect(decide([stale]).unloads == ["a"])
    }

    /// Two clients that take turns, and as many requests at once as there are: how often the engines change.
    @Test func alternatingRequestsAreCollated() {
        var models = [model("a"), model("b")]
        for index in 0..<2 { models[index].waitingSince = Double(index) }
        var (now, swaps, served) = (2.0, 0, 0)
        while served < 2, now < 1000 {
            let decision = decide(models, now: now)
            for name in decision.unloads { models[models.firstIndex { $0.name == name } ?? 0].phase = .unloaded }
            for name in decision.loads {
                let index = models.firstIndex { $0.name == name } ?? 0
                models[index].phase = .ready
                models[index].isFresh = true
                swaps += 1
            }
            for name in decision.grants {
                let index = models.firstIndex { $0.name == name } ?? 0
                models[index].waitingSince = nil
                models[index].isFresh = false
                models[index].idleSince = now
                served += 1
            }
            now = max(now + 0.001, min(decision.nextLook ?? now, now + 60))
        }
        #expect(served == 2)
        #expect(swaps == 2)
    }

    @Test func aModelThatUsedMoreThanThereIsCanBeLoadedAgain() {
        var grown = model("a", need: 400, waiting: 99)
        #expect(decide([grown]).refusals == ["a"])
        grown.leastNeed = 100
        #expect(decide([grown]).loads == ["a"])
        // It takes all there is: whoever is there gives way.
        #expect(decide([grown, model("b", .ready, need: 20, idle: 1)]).unloads == ["b"])
        var pinned = model("p", .ready, need: 40)
        pinned.isPinned = true
        #expect(decide([pinned, grown]).loads == ["a"])
    }

    @Test func enginesThatTurnOutTooLargeDoNotStayTogether() {
        var (old, new) = (model("a", .ready, need: 90, idle: 1), model("b", .ready, need: 90, active: 1, idle: 2))
        (old.leastNeed, new.leastNeed) = (50, 50)
        #expect(decide([old, new]).unloads == ["a"])
        #expect(decide([old]).unloads == [])
        old.active = 1
        #expect(decide([old, new]).unloads == [])
    }

    @Test func nobodyGivesWayToAModelThatIsNotInOrder() {
        var broken = model("a", waiting: 10)
        broken.mayLoad = false
        #expect(decide([broken, model("b", .ready, idle: 1)]) == .init())
        broken.isPinned = true
        #expect(decide([broken, model("b", waiting: 99)]).loads == ["b"])
    }

    @Test(arguments: [(nil, nil, 0), (10, nil, 10), (nil, 7, 7), (10, 12, 12), (10, 5, 5), (10, 4, 10)])
    func whatAProcessUsesCorrectsTheEstimate(estimate: Int?, measured: Int?, need: Int) {
        #expect(Fleet.need(estimate: estimate, measured: measured) == need)
    }
}
