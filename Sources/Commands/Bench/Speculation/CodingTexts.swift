import LocalCodeCore

/// The texts of the coding tasks. Each is about one of several small programs.
enum CodingTexts {
    /// What a program calls its things.
    struct Names: Sendable {
        /// `Parcel`, `parcel`, `parcels`.
        var type: String
        var one: String
        var many: String
        /// A number that each has.
        var amount: String
        /// A text that each has.
        var place: String
    }

    static let names = [
        Names(type: "Parcel", one: "parcel", many: "parcels", amount: "weight", place: "depot"),
        Names(type: "Booking", one: "booking", many: "bookings", amount: "price", place: "hotel"),
        Names(type: "Sample", one: "sample", many: "samples", amount: "volume", place: "shelf"),
        Names(type: "Ticket", one: "ticket", many: "tickets", amount: "priority", place: "queue"),
        Names(type: "Reading", one: "reading", many: "readings", amount: "level", place: "station"),
        Names(type: "Invoice", one: "invoice", many: "invoices", amount: "total", place: "region"),
    ]

    // MARK: Edit a file

    static let editSystem =
        "You edit source files. You answer with the whole file after the change, from its first line to its last, in one code "
        + "block, and with nothing else."

    /// The file as the model showed it a turn before.
    static func shown(_ names: Names) -> CodingTask.Turn {
        CodingTask.Turn(
            question: "Print \(names.one)_store.py.", answer: "```python\n\(file(names))\n```")
    }

    /// The file is to be written again with one small change: nearly every token of the answer stands in the prompt.
    static func edit(_ names: Names) -> String {
        """
        Change the default of max_\(names.many) from 100 to 250 and leave everything else as it is. Print the whole file again.
        """
    }

    static func file(_ names: Names) -> String {
        """
        import json
        from dataclasses import dataclass, field


        @dataclass
        class \(names.type):
            identifier: str
            \(names.amount): float
            \(names.place): str
            labels: list[str] = field(default_factory=list)

            def has_label(self, label: str) -> bool:
                return label in self.labels

            def to_dict(self) -> dict:
                return {
                    "identifier": self.identifier,
                    "\(names.amount)": self.\(names.amount),
                    "\(names.place)": self.\(names.place),
                    "labels": self.labels,
                }


        class \(names.type)Store:
            def __init__(self, path: str, max_\(names.many): int = 100):
                self.path = path
                self.max_\(names.many) = max_\(names.many)
                self.\(names.many): dict[str, \(names.type)] = {}

            def add(self, \(names.one): \(names.type)) -> None:
                if len(self.\(names.many)) >= self.max_\(names.many):
                    raise ValueError("the store holds too many \(names.many)")
                self.\(names.many)[\(names.one).identifier] = \(names.one)

            def remove(self, identifier: str) -> None:
                if identifier not in self.\(names.many):
                    raise KeyError(f"there is no \(names.one) {identifier}")
                del self.\(names.many)[identifier]

            def with_label(self, label: str) -> list[\(names.type)]:
                return [\(names.one) for \(names.one) in self.\(names.many).values() if \(names.one).has_label(label)]

            def at(self, \(names.place): str) -> list[\(names.type)]:
                return [\(names.one) for \(names.one) in self.\(names.many).values() if \(names.one).\(names.place) == \(names.place)]

            def \(names.amount)_of_all(self) -> float:
                return sum(\(names.one).\(names.amount) for \(names.one) in self.\(names.many).values())

            def save(self) -> None:
                with open(self.path, "w") as file:
                    json.dump([\(names.one).to_dict() for \(names.one) in self.\(names.many).values()], file)

            def load(self) -> None:
                with open(self.path) as file:
                    self.\(names.many) = {item["identifier"]: \(names.type)(**item) for item in json.load(file)}
        """
    }

    // MARK: Write a function

    static let functionSystem =
        "You are a careful programmer. You answer with code in one code block, and with nothing else."

    static func function(_ names: Names) -> String {
        """
        Write a Python function group_\(names.many)(\(names.many)) that takes a list of \(names.type) objects with the fields \
        identifier, \(names.amount) and \(names.place), and returns a dictionary from each \(names.place) to a tuple of the \
        number of \(names.many) there, the sum of their \(names.amount), and the identifier of the one with the largest \
        \(names.amount). Skip those whose \(names.amount) is negative, and raise ValueError when two of them have the same \
        identifier. Add a docstring and three tests with pytest.
        """
    }

    // MARK: Answer in prose

    static let proseSystem =
        "You explain programs to people who know how to program. You write plain sentences and no code."

    static func prose(_ names: Names) -> String {
        """
        A service keeps its \(names.many) in one JSON file that it writes anew after every change. Two workers now run it at the \
        same time, and sometimes a \(names.one) that was just added is gone. Explain what happens there, why it is seldom seen \
        in tests, and which two ways out you would consider, with what speaks for and against each.
        """
    }

    // MARK: Call a tool

    static let callSystem = """
        You are a coding agent. You act by calling one of these tools, and you answer with the call alone, as JSON:
        read_file(path, first_line, last_line): shows lines of a file.
        search(pattern, directory, file_types, limit): finds a regular expression in files.
        edit_file(path, old_text, new_text, reason): replaces a text that occurs once in a file.
        run_tests(directory, filter, timeout_seconds): runs the tests and shows what fails.
        """

    static func call(_ names: Names) -> String {
        """
        In src/\(names.many)/\(names.one)_store.py the method \(names.amount)_of_all reads

            def \(names.amount)_of_all(self) -> float:
                return sum(\(names.one).\(names.amount) for \(names.one) in self.\(names.many).values())

        It shall leave out those \(names.many) whose \(names.place) is empty. Make that edit, with both texts in full and one \
        sentence of reason.
        """
    }

    static let callSchema: JSONValue = [
        "type": "object",
        "properties": [
            "name": ["type": "string", "enum": ["read_file", "search", "edit_file", "run_tests"]],
            "arguments": [
                "type": "object",
                "properties": [
                    "path": ["type": "string"], "old_text": ["type": "string"], "new_text": ["type": "string"],
                    "reason": ["type": "string"],
                ],
                "required": ["path", "old_text", "new_text", "reason"], "additionalProperties": false,
            ],
        ],
        "required": ["name", "arguments"], "additionalProperties": false,
    ]
}
