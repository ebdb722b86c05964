import GRDB

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Bytes as the database takes them.
func blob(_ bytes: [UInt8]) -> Data { Data(bytes) }

/// A digest as the database takes it.
func blob(_ digest: Digest) -> Data { digest.withBytes { Data($0) } }

/// The values of a row, by column. A value that is not of the type asked for throws: GRDB's subscripts end the process,
/// and the file may be anything.
extension Row {
    func integer(_ column: Int) throws -> Int { try decode(Int.self, atIndex: column) }
    func integerIfAny(_ column: Int) throws -> Int? { try decode(Int?.self, atIndex: column) }
    func identifier(_ column: Int) throws -> Int64 { try decode(Int64.self, atIndex: column) }
    func real(_ column: Int) throws -> Double { try decode(Double.self, atIndex: column) }
    func realIfAny(_ column: Int) throws -> Double? { try decode(Double?.self, atIndex: column) }
    func text(_ column: Int) throws -> String { try decode(String.self, atIndex: column) }
    func textIfAny(_ column: Int) throws -> String? { try decode(String?.self, atIndex: column) }
    func truth(_ column: Int) throws -> Bool { try decode(Bool.self, atIndex: column) }

    func bytes(_ column: Int) throws -> [UInt8] {
        try withUnsafeData(atIndex: column) { data in data.map { Array($0) } ?? [] }
    }

    /// Nil where there is nothing.
    func bytesIfAny(_ column: Int) throws -> [UInt8]? {
        try decode(Data?.self, atIndex: column).map { Array($0) }
    }

    func digest(_ column: Int) throws -> Digest {
        guard let digest = Digest(bytes: try bytes(column)) else {
            throw StateStoreError(.indexDamaged, "", "a digest in it is not whole")
        }
        return digest
    }

    func boundaries(_ column: Int) throws -> [StateBoundary] {
        guard let boundaries = BoundaryCode.decode(try bytes(column)) else {
            throw StateStoreError(.indexDamaged, "", "boundaries in it are not whole")
        }
        return boundaries
    }
}
