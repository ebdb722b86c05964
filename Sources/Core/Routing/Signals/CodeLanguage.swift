/// A programming language, and what its code is known by.
struct CodeLanguage: Sendable {
    let name: String
    /// What stands behind the three backticks of a block.
    let fences: [String]
    /// Endings of its files' names.
    let endings: [String]
    /// How lines of its code begin, indentation aside.
    let lines: [String]

    static let all: [CodeLanguage] = [
        CodeLanguage(
            name: "swift", fences: ["swift"], endings: ["swift"],
            lines: ["func ", "guard let ", "extension ", "@Test", "@main", "private let ", "public struct "]),
        CodeLanguage(
            name: "python", fences: ["python", "py"], endings: ["py", "pyi"],
            lines: ["def ", "elif ", "from __future__", "self.", "async def ", "except Exception", "@property"]),
        CodeLanguage(
            name: "typescript", fences: ["typescript", "ts", "tsx"], endings: ["ts", "tsx"],
            lines: ["interface ", "export type ", "export interface ", "import type "]),
        CodeLanguage(
            name: "javascript", fences: ["javascript", "js", "jsx"], endings: ["js", "jsx", "mjs", "cjs"],
            lines: ["const ", "function ", "export default ", "module.exports", "require(", "console.log("]),
        CodeLanguage(
            name: "rust", fences: ["rust", "rs"], endings: ["rs"],
            lines: ["fn ", "pub fn ", "impl ", "let mut ", "use std::", "#[derive", "pub struct "]),
        CodeLanguage(
            name: "go", fences: ["go", "golang"], endings: ["go"],
            lines: ["package ", "func (", "if err != nil", "defer func", "go func"]),
        CodeLanguage(
            name: "java", fences: ["java"], endings: ["java"],
            lines: ["public class ", "private final ", "import java", "@Override", "public static void "]),
        CodeLanguage(
            name: "kotlin", fences: ["kotlin", "kt"], endings: ["kt", "kts"],
            lines: ["fun main(", "override fun ", "data class "]),
        CodeLanguage(
            name: "c", fences: ["c", "h"], endings: ["c", "h"],
            lines: ["#include <std", "#define ", "static int ", "static void ", "typedef struct", "int main("]),
        CodeLanguage(
            name: "c++", fences: ["cpp", "c++", "cxx"], endings: ["cpp", "cc", "hpp", "cxx"],
            lines: ["template <", "template<", "namespace ", "std::", "#include <iostream", "using namespace "]),
        CodeLanguage(
            name: "c#", fences: ["csharp", "cs"], endings: ["cs"], lines: ["using System", "public async Task"]),
        CodeLanguage(
            name: "ruby", fences: ["ruby", "rb"], endings: ["rb"], lines: ["require '", "attr_accessor ", "puts "]),
        CodeLanguage(name: "php", fences: ["php"], endings: ["php"], lines: ["<?php", "$this->", "public function "]),
        CodeLanguage(
            name: "shell", fences: ["sh", "bash", "shell", "zsh", "console"], endings: ["sh", "bash"],
            lines: ["#!/bin/", "#!/usr/bin/env bash", "$ ", "sudo ", "export PATH"]),
        CodeLanguage(
            name: "sql", fences: ["sql"], endings: ["sql"],
            lines: ["SELECT ", "INSERT INTO ", "CREATE TABLE ", "ALTER TABLE ", "UPDATE "]),
        CodeLanguage(
            name: "html", fences: ["html"], endings: ["html", "vue", "svelte"], lines: ["<!DOCTYPE", "<div", "<html"]),
        CodeLanguage(
            name: "css", fences: ["css", "scss"], endings: ["css", "scss"], lines: ["@media ", "@import url"]),
        CodeLanguage(name: "json", fences: ["json", "jsonc"], endings: ["json"], lines: ["{\""]),
        CodeLanguage(name: "yaml", fences: ["yaml", "yml"], endings: ["yaml", "yml"], lines: ["apiVersion: "]),
        CodeLanguage(name: "zig", fences: ["zig"], endings: ["zig"], lines: ["pub const ", "comptime "]),
    ]

    /// By what stands behind the backticks, or behind the last dot of a file's name.
    static let byName: [String: Int] = {
        var found: [String: Int] = [:]
        for (index, language) in all.enumerated() {
            for name in language.fences + language.endings where found[name] == nil { found[name] = index }
        }
        return found
    }()

    /// The beginnings of lines by their first byte, each with its language.
    static let byFirstByte: [[(text: [UInt8], language: Int)]] = {
        var found: [[(text: [UInt8], language: Int)]] = Array(repeating: [], count: 256)
        for (index, language) in all.enumerated() {
            for line in language.lines { found[Int(line.utf8.first ?? 0)].append((Array(line.utf8), index)) }
        }
        return found
    }()
}
