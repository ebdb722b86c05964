/// Walks over a schema in the order of llama-server's converter (build 11549) and finds what makes that refuse a request, hang or
/// crash. Each such part is replaced or taken out.
struct EngineSchema {
    /// A part that the engine does not take.
    struct Fault {
        enum Remedy: String {
            case removed, replaced, changed, lowered
        }

        /// Where in the schema, as the engine writes it.
        let path: String
        let keyword: String
        let remedy: Remedy
        /// Why, as a sentence.
        let problem: String
    }

    private(set) var root: JSONValue
    private(set) var faults: [Fault] = []
    private let original: JSONValue
    /// References whose targets are to be walked over, and all that were met.
    private var open: [String] = []
    private var met: Set<String> = []
    /// What the engine cannot name, under new names.
    private var definitions = JSONObject()
    private var references = EngineReferences()

    init(_ root: JSONValue) {
        self.root = root
        original = root
    }

    mutating func walk() {
        root = clean(root, Place(path: "#", home: nil, region: "#"))
        addDefinitions()
        while let reference = open.popLast() {
            let parts = EngineReferences.parts(of: reference)
            guard let target = EngineReferences.target(parts[...], in: root) else { continue }
            let cleaned = clean(target, Place(path: reference, home: reference, region: reference))
            root = EngineReferences.replacing(parts[...], in: root, by: cleaned)
            addDefinitions()
        }
    }

    /// Where in the schema the walk is.
    struct Place {
        let path: String
        /// The reference that led here, as long as no step has gone into the value.
        let home: String?

        /// The reference that the walk is behind; `#` before the first.
        let region: String

        /// A schema for the same value.
        func beside(_ key: String) -> Place { Place(path: "\(path)/\(key)", home: home, region: region) }

        /// A schema for a part of the value.
        func below(_ key: String) -> Place { Place(path: "\(path)/\(key)", home: nil, region: region) }
    }

    mutating func fault(_ place: Place, _ keyword: String, _ remedy: Fault.Remedy, _ problem: String) {
        faults.append(Fault(path: place.path, keyword: keyword, remedy: remedy, problem: problem))
    }

    /// A schema as the engine takes it.
    mutating func clean(_ schema: JSONValue, _ place: Place) -> JSONValue {
        guard case .object(var object) = schema else {
            fault(
                place, "\(schema.bool.map { "\($0)" } ?? "schema")", .replaced,
                "the engine takes only objects as schemas")
            return schema.bool == false ? ["not": [:]] : [:]
        }
        if let reference = object["$ref"] {
            object["$ref"] = self.reference(reference, place)
            if object["$ref"] != nil { return .object(object) }
        }
        for key in ["oneOf", "anyOf"] where object[key] != nil {
            if alternatives(key, &object, place) { return .object(object) }
        }
        for type in types(&object, place) {
            checkValues(type, &object, place)
        }
        return .object(object)
    }

    /// Whether `allOf` brings back the schema that it stands in: the engine writes such a one out in itself until its stack ends. A plain
    /// reference in its place does no harm.
    mutating func unrollsWithoutEnd(_ schemas: [JSONValue], _ object: inout JSONObject, _ place: Place) -> Bool {
        let returning = schemas.first { schema in
            guard let text = schema["$ref"]?.string else { return false }
            return references.unrolls(from: references.aliases[text] ?? text, to: place.region, in: root)
        }
        guard let text = returning?["$ref"]?.string else { return false }
        fault(place, "allOf", .replaced, "the engine crashes on one that comes back through '\(text)'")
        object["allOf"] = nil
        if let reference = reference(.string(text), place) { object["$ref"] = reference }
        return true
    }

    /// A reference as the engine takes it; nil if there is none.
    private mutating func reference(_ value: JSONValue, _ place: Place) -> JSONValue? {
        guard let text = value.string else {
            fault(place, "$ref", .removed, "it is no string")
            return nil
        }
        var reference = text
        let isKnown =
            text.hasPrefix("#/") && EngineReferences.target(EngineReferences.parts(of: text)[...], in: root) != nil
        if !isKnown {
            guard let alias = alias(for: text) else {
                let isRemote = !text.hasPrefix("#")
                fault(place, "$ref", .removed, "'\(text)' \(isRemote ? "leaves the document" : "leads to nothing")")
                return nil
            }
            fault(place, "$ref", .changed, "the engine does not understand '\(text)'")
            reference = alias
        }
        if let home = place.home, references.leads(from: reference, to: home, in: root) {
            fault(place, "$ref", .removed, "'\(text)' refers to itself without end")
            return nil
        }
        if met.insert(reference).inserted { open.append(reference) }
        return reference == text ? value : .string(reference)
    }

    /// A reference that the engine can follow to what this one means.
    private mutating func alias(for reference: String) -> String? {
        if let known = references.aliases[reference] { return known }
        var target: JSONValue
        if reference == "#" {
            target = original
            for key in ["$defs", "definitions", "$schema", "$id"] { target[key] = nil }
        } else if reference.hasPrefix("#/"), let found = SchemaPointer.resolve(reference, in: original) {
            target = found.value
        } else if let found = SchemaPointer.names(in: original)[reference] {
            target = found.value
        } else {
            return nil
        }
        var name = "ref-\(definitions.count + 1)"
        while original["$defs"]?[name] != nil { name += "-" }
        definitions[name] = target
        references.aliases[reference] = "#/$defs/\(name)"
        return references.aliases[reference]
    }

    /// Puts the new names into the document.
    private mutating func addDefinitions() {
        guard !definitions.isEmpty else { return }
        var all = root["$defs"]?.object ?? [:]
        for (name, target) in definitions where all[name] == nil { all[name] = target }
        root["$defs"] = .object(all)
    }
}
