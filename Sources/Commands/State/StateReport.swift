import LocalCodeCore

/// A state's file for people and for programs.
struct StateReport {
    let file: StateFile
    /// What the index says of it, where it is in the store.
    let entry: StateEntry?
    /// What is wrong with it.
    let damage: String?
    let now: Double

    // MARK: - Text

    func text(on stream: Context.Stream) -> String {
        var rows: [(String, String)] = [("file", file.path)]
        if let trailer = file.trailer { rows += description(trailer) }
        rows += [
            (
                "size",
                "\(ByteCount(bytes: file.fileBytes)): \(ByteCount(bytes: file.stateBytes)) of the engine, "
                    + "\(ByteCount(bytes: file.fileBytes - file.stateBytes)) of LocalCode"
            ),
            ("tokens", HumanText.grouped(file.tokenCount) + media),
        ]
        for (index, memory) in (file.memory ?? []).enumerated() {
            rows.append((index == 0 ? "memory" : "", Self.text(memory)))
        }
        if file.memory == nil { rows.append(("memory", "of a form that is not known")) }
        rows.append(("checkpoints", checkpoints))
        rows.append(("checksum", checksum))
        if let entry { rows += index(entry) }
        let left = rows.map(\.0.count).max() ?? 0
        let width = stream.isTerminal ? stream.width : Int.max
        var text = rows.map { name, value in
            let line = name + String(repeating: " ", count: left - name.count) + "  " + TerminalText.neutralized(value)
            return TextTable.cut(line, to: max(40, width)) + "\n"
        }.joined()
        if let trailer = file.trailer {
            text += "\n" + boundaries(trailer).text(on: stream) + "\n" + components(trailer).text(on: stream)
        }
        return text
    }

    private func description(_ trailer: StateTrailer) -> [(String, String)] {
        let state = trailer.state
        return [
            ("kind", state.kind.rawValue + (state.name.map { " '\($0)'" } ?? "")), ("model", state.model),
            ("title", state.title), ("saved", "\(HumanText.age(now - trailer.created)) ago"),
            ("prefill", HumanText.seconds(state.prefillSeconds)),
            ("key", state.boundaries.last?.digest.hex ?? ""), ("fingerprint", state.fingerprint.digest.hex),
        ]
    }

    private var media: String {
        file.media.isEmpty
            ? "" : ", with \(HumanText.count(file.media.count, "image or recording", "images or recordings"))"
    }

    private static func text(_ memory: StateFile.Memory) -> String {
        var parts = [
            memory.kind.rawValue, ByteCount(bytes: memory.bytes).description, HumanText.count(memory.cells, "cell"),
            HumanText.count(memory.layers, "layer"),
        ]
        if let first = memory.positionMinimum, let last = memory.positionMaximum {
            parts.append("positions \(first) to \(last)")
        }
        if memory.streams > 1 { parts.append("\(memory.streams) streams") }
        return parts.joined(separator: ", ")
    }

    private var checkpoints: String {
        guard !file.checkpoints.isEmpty else { return "none" }
        let list = file.checkpoints.map { checkpoint in
            let bytes = checkpoint.targetBytes + checkpoint.draftBytes + checkpoint.speculativeBytes
            return "\(HumanText.grouped(checkpoint.tokens)) (\(ByteCount(bytes: bytes)))"
        }
        return "at " + list.joined(separator: ", ") + " tokens"
    }

    private var checksum: String {
        guard file.trailer != nil else { return "none: written by the engine alone" }
        return damage.map { "DAMAGED: \($0)" } ?? "matches"
    }

    private func index(_ entry: StateEntry) -> [(String, String)] {
        let uses = "\(HumanText.count(entry.hits, "use")), \(HumanText.seconds(entry.secondsSaved)) of prefill saved"
        var rows = [("store", "\(EntryReport.state(entry)); used \(HumanText.age(now - entry.used)) ago; \(uses)")]
        if let reason = entry.quarantine { rows.append(("quarantine", reason)) }
        return rows
    }

    private static let shown = (first: 16, last: 8)

    private func boundaries(_ trailer: StateTrailer) -> TextTable {
        var table = TextTable([
            .init(title: "BOUNDARY", isNumber: true), .init(title: "DIGEST"), .init(title: "BYTES", isNumber: true),
            .init(title: "TOKENS", isNumber: true),
        ])
        let all = trailer.state.boundaries
        for (index, boundary) in all.enumerated() {
            // A long conversation has thousands; the first and the last ones tell the most.
            if index == Self.shown.first, all.count > Self.shown.first + Self.shown.last {
                table.add(["…", "\(all.count - Self.shown.first - Self.shown.last) more", "", ""])
            }
            guard index < Self.shown.first || index >= all.count - Self.shown.last else { continue }
            table.add([
                "\(index)", String(boundary.digest.hex.prefix(KeyPrefix.shown)), "\(boundary.bytes)",
                boundary.tokens.map { "\($0)" } ?? "-",
            ])
        }
        return table
    }

    private func components(_ trailer: StateTrailer) -> TextTable {
        var table = TextTable([.init(title: "COMPONENT"), .init(title: "VALUE", least: 20)])
        for component in trailer.state.fingerprint.components { table.add([component.name, component.value]) }
        return table
    }

    // MARK: - JSON

    var json: JSONValue {
        let checkpoints = file.checkpoints.map { checkpoint -> JSONValue in
            [
                "tokens": .number(checkpoint.tokens), "position_min": .number(checkpoint.positionMinimum),
                "position_max": .number(checkpoint.positionMaximum), "target_bytes": .number(checkpoint.targetBytes),
                "draft_bytes": .number(checkpoint.draftBytes),
                "speculative_bytes": .number(checkpoint.speculativeBytes),
            ]
        }
        let media = file.media.map { media -> JSONValue in
            ["start": .number(media.start), "bytes": .number(media.bytes)]
        }
        return [
            "path": .string(file.path), "bytes": .number(file.fileBytes), "state_bytes": .number(file.stateBytes),
            "tokens": .number(file.tokenCount), "media": .array(media),
            "memory": file.memory.map { .array($0.map(Self.json)) } ?? .null, "checkpoints": .array(checkpoints),
            "whole": file.trailer == nil ? .null : .bool(damage == nil), "damage": damage.map { .string($0) } ?? .null,
            "description": file.trailer.map(Self.json) ?? .null,
            "entry": entry.map(EntryReport.json) ?? .null,
        ]
    }

    private static func json(_ memory: StateFile.Memory) -> JSONValue {
        [
            "kind": .string(memory.kind.rawValue), "bytes": .number(memory.bytes), "cells": .number(memory.cells),
            "layers": .number(memory.layers), "streams": .number(memory.streams),
            "position_min": memory.positionMinimum.map { .number($0) } ?? .null,
            "position_max": memory.positionMaximum.map { .number($0) } ?? .null,
            "types": .array(memory.types.map { .number($0) }), "transposed": .bool(memory.isTransposed),
        ]
    }

    private static func json(_ trailer: StateTrailer) -> JSONValue {
        let state = trailer.state
        let boundaries = state.boundaries.map { boundary -> JSONValue in
            [
                "digest": .string(boundary.digest.hex), "bytes": .number(boundary.bytes),
                "tokens": boundary.tokens.map { .number($0) } ?? .null,
            ]
        }
        return [
            "kind": .string(state.kind.rawValue), "name": state.name.map { .string($0) } ?? .null,
            "model": .string(state.model), "title": .string(state.title), "created": .number(trailer.created),
            "prefill_seconds": .number(state.prefillSeconds),
            "key": state.boundaries.last.map { .string($0.digest.hex) } ?? .null,
            "fingerprint": .string(state.fingerprint.digest.hex), "components": state.fingerprint.json,
            "boundaries": .array(boundaries),
        ]
    }
}
