/// Words that say what a text wants, or which language it is in.
enum SignalWords {
    /// What a word counts for.
    struct Sense: OptionSet, Sendable {
        let rawValue: UInt16
        /// It belongs to programming.
        static let code = Sense(rawValue: 1)
        /// It asks for thinking.
        static let reasoning = Sense(rawValue: 2)
        /// It begins a question.
        static let question = Sense(rawValue: 4)
        /// It begins an instruction.
        static let order = Sense(rawValue: 8)
    }

    /// A word of up to sixteen bytes, in small letters: fast to find, and without a String.
    struct Key: Hashable, Sendable {
        private(set) var high: UInt64 = 0
        private(set) var low: UInt64 = 0
        private(set) var count = 0

        init() {}

        init(_ word: some StringProtocol) {
            for byte in word.utf8 { append(byte) }
        }

        /// Longer words are none of those that are known.
        @inline(__always)
        mutating func append(_ byte: UInt8) {
            if count < 8 { low = low << 8 | UInt64(byte) } else { high = high << 8 | UInt64(byte) }
            count += 1
        }

        /// The word; empty if it is too long.
        var text: String {
            guard count <= 16 else { return "" }
            let bytes = (0..<count).map { index -> UInt8 in
                let isHigh = index >= 8
                let shift = 8 * ((isHigh ? count : min(count, 8)) - 1 - index)
                return UInt8(truncatingIfNeeded: (isHigh ? high : low) >> UInt64(shift))
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    struct Entry: Sendable {
        var sense: Sense = []
        /// A bit for each of `languages` that it is frequent in.
        var languages: UInt16 = 0
    }

    static let table: [Key: Entry] = {
        var table: [Key: Entry] = [:]
        for (sense, words) in senses {
            for word in words.split(separator: " ") { table[Key(word), default: Entry()].sense.insert(sense) }
        }
        for (index, (_, words)) in languages.enumerated() {
            for word in words.split(separator: " ") {
                table[Key(word), default: Entry()].languages |= 1 << UInt16(index)
            }
        }
        return table
    }()

    private static let senses: [(Sense, String)] = [
        (
            .code,
            """
            function method class struct enum compile compiler bug crash test tests unittest refactor api endpoint \
            variable parameter import module package library dependency repository repo commit branch merge regex sql \
            query schema database async await thread mutex deadlock race pointer memory leak segfault exception \
            stacktrace traceback lint build deploy docker script implement implementation debug type typescript swift \
            python rust javascript json yaml html css cli parser code funktion klasse fehler methode kompilieren \
            testen datenbank implementiere
            """
        ),
        (
            .reasoning,
            """
            prove proof why analyze analyse analysis design architecture architect tradeoff tradeoffs trade-off \
            strategy compare evaluate derive optimize optimise complexity algorithm deadlock race concurrency \
            invariant reason think carefully step-by-step investigate root-cause diagnose plan security vulnerability \
            migrate migration warum beweise analysiere entwerfe vergleiche begründe untersuche
            """
        ),
        (
            .question,
            """
            what why how when where who which whose is are does do did was were can could should would will has have \
            am isn't aren't doesn't was warum wie wann wo wer welche welcher welches ist sind gibt kann qué por cómo \
            quién cuál pourquoi comment quand qui quel quelle est-ce où perché come quando chi quale waarom hoe wat \
            wie
            """
        ),
        (
            .order,
            """
            add fix implement write create refactor make change remove update rename run use move delete build test \
            explain show list find generate convert translate replace improve rewrite extract split merge document \
            check review debug install configure set give let's please continue summarize describe optimize clean port \
            upgrade bump commit push revert undo schreibe schreib mach mache erstelle füge behebe ändere entferne \
            ersetze zeige erkläre nenne bitte prüfe baue agrega arregla escribe crea añade corrige ajoute écris crée \
            supprime modifie explique aggiungi scrivi correggi
            """
        ),
    ]

    /// Frequent words of languages in Latin letters.
    static let languages: [(code: String, words: String)] = [
        (
            "en",
            "the and is are of to in that it for with this you not be have on what how can from add i a an we should my"
        ),
        (
            "de",
            "der die das und ist nicht ein eine mit für auf den von zu es ich du wir bitte wie auch als oder wenn dem im sich wird"
        ),
        ("fr", "le la les et est une des pour dans que qui ce pas je vous nous avec sur du au il cette un de ne être"),
        ("es", "el la los las y es una para que en por con del no se un lo como esta este de al pero más hay"),
        ("it", "il la che di e è una per non con del della sono gli un si come questo questa i nel alla ma più le"),
        ("pt", "o a os as e é uma para que em por com do da não se um como esta este no na mas mais ao dos"),
        ("nl", "de het een en is van niet voor met dat op te zijn ik je wat aan er ook maar deze dit naar bij"),
        ("pl", "i w nie na się jest to że z do jak dla co ale po czy tego przez od za ten jako aby być może"),
        ("sv", "och att det är som en på för inte med av till den har jag om ett vi kan men så från eller du hur"),
        ("tr", "bir ve bu için ile ne da de çok gibi daha ama olarak var nasıl değil mi ben sen o her en kadar"),
    ]
}
