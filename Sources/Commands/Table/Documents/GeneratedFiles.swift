/// The files that are made from the command table, committed, and checked to be current.
enum GeneratedFiles {
    /// What `help --generate` can write.
    enum Kind: String, CaseIterable {
        case man, bash, zsh, fish
    }

    /// The files of a kind: names without a directory, and texts.
    static func all(_ kind: Kind, of program: Command) -> [(name: String, text: String)] {
        switch kind {
        case .man: ManPage.all(of: program)
        case .bash: [("\(program.name).bash", BashCompletion.text(program))]
        case .zsh: [("_\(program.name)", ZshCompletion.text(program))]
        case .fish: [("\(program.name).fish", FishCompletion.text(program))]
        }
    }
}
