#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An IPv4 or IPv6 address.
public struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// Four or sixteen bytes, as they go over the wire.
    private let bytes: [UInt8]

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// Reads `192.0.2.1` or `2001:db8::1`; nil for anything else, other spellings of IPv4 included.
    public init?(_ text: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            self.init(bytes: Array(bytes[..<4]))
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            self.init(bytes: bytes)
        } else {
            return nil
        }
    }

    /// The address in a socket address; nil for one of another family.
    init?(_ socketAddress: UnsafeRawPointer, family: Int32) {
        switch family {
        case AF_INET:
            let address = socketAddress.loadUnaligned(as: sockaddr_in.self).sin_addr
            self.init(bytes: withUnsafeBytes(of: address) { Array($0) })
        case AF_INET6:
            let address = socketAddress.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            self.init(bytes: withUnsafeBytes(of: address) { Array($0) })
        default: return nil
        }
    }

    /// As inet_ntop(3) writes it.
    public var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Whether this is an address of the public internet: not of this machine, not of a private network or a link, no
    /// group, not reserved, and no cloud's metadata service
    /// (https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry).
    public var isPublic: Bool {
        if bytes.count == 4 { return !Self.special.contains { $0.contains(self) } }
        if let inner = embedded { return inner.isPublic }
        return Self.globalUnicast.contains(self) && !Self.specialUnicast.contains { $0.contains(self) }
    }

    /// Whether this is an address of this machine that no other can reach.
    public var isLoopback: Bool {
        if bytes.count == 4 { return bytes[0] == 127 }
        if Self.mapped.contains(self) { return bytes[12] == 127 }
        return bytes == Self.loopback
    }

    /// The IPv4 address that an IPv6 one stands for: mapped, behind NAT64, or 6to4.
    private var embedded: IPAddress? {
        if Self.mapped.contains(self) || Self.nat64.contains(self) { return IPAddress(bytes: Array(bytes[12...])) }
        return Self.sixToFour.contains(self) ? IPAddress(bytes: Array(bytes[2..<6])) : nil
    }

    /// All addresses that begin with the same bits.
    private struct Block {
        let start: [UInt8]
        let bits: Int

        init(_ start: [UInt8], _ bits: Int) {
            self.start = start
            self.bits = bits
        }

        func contains(_ address: IPAddress) -> Bool {
            let whole = bits / 8
            guard address.bytes.prefix(whole).elementsEqual(start.prefix(whole)) else { return false }
            guard bits % 8 > 0 else { return true }
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> (bits % 8))
            return address.bytes[whole] & mask == start[whole] & mask
        }
    }

    private static let special: [Block] = [
        Block([0], 8), Block([10], 8), Block([100, 64], 10), Block([127], 8), Block([169, 254], 16),
        Block([172, 16], 12), Block([192, 0, 0], 24), Block([192, 0, 2], 24), Block([192, 88, 99], 24),
        Block([192, 168], 16), Block([198, 18], 15), Block([198, 51, 100], 24), Block([203, 0, 113], 24),
        Block([224], 4), Block([240], 4),
        // Azure's metadata service has an address that looks public.
        Block([168, 63, 129, 16], 32),
    ]
    private static let loopback = [UInt8](repeating: 0, count: 15) + [1]
    private static let globalUnicast = Block([0x20], 3)
    /// Protocol assignments (Teredo among them) and the addresses of documents.
    private static let specialUnicast: [Block] = [
        Block([0x20, 0x01, 0x00], 23), Block([0x20, 0x01, 0x0D, 0xB8], 32), Block([0x3F, 0xFF, 0x00], 20),
    ]
    private static let mapped = Block([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 96)
    private static let nat64 = Block([0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0], 96)
    private static let sixToFour = Block([0x20, 0x02], 16)
}
