import Testing

@testable import LocalCodeCore

@Suite struct CanonicalNumberTests {
    /// RFC 8785, appendix B, table 1.
    private static let table: [(bits: UInt64, text: String)] = [
        (0x0000_0000_0000_0000, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0xc340_0000_0000_0000, "-9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
        (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5553, "333333333.3333332"),
        (0x41b3_de43_5555_5554, "333333333.33333325"),
        (0x41b3_de43_5555_5555, "333333333.3333333"),
        (0x41b3_de43_5555_5556, "333333333.3333334"),
        (0x41b3_de43_5555_5557, "333333333.33333343"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ]

    @Test func agreesWithTheTableOfTheRFC() throws {
        for (bits, text) in Self.table {
            let double = Double(bitPattern: bits)
            #expect(String(decoding: CanonicalNumber.text(of: double), as: UTF8.self) == text)
            // As it comes in, it is spelled in more digits than needed.
            #expect(try canonical(PublishedNumbers.spelling(of: double)) == text)
        }
    }

    /// The digest of the first lines of the file that the RFC's appendix B names (es6testfile100m.txt), whose numbers can be
    /// computed: https://github.com/cyberphone/json-canonicalization/blob/master/testdata/README.md
    @Test func agreesWithTheFileOfNumbersBesideTheRFC() {
        var numbers = PublishedNumbers()
        let hash = SHA256()
        for _ in 0..<10_000 {
            let double = numbers.next()
            hash.update(String(double.bitPattern, radix: 16).utf8)
            hash.update(",".utf8)
            hash.update(CanonicalNumber.text(of: double))
            hash.update("\n".utf8)
        }
        #expect(hash.finish().hex == "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892")
    }

    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("-0.0", "0"), ("0e5", "0"), ("-0E-7", "0"), ("1.0", "1"), ("-1.50", "-1.5"),
        ("1e2", "100"), ("1E30", "1e+30"), ("4.50", "4.5"), ("2e-3", "0.002"), ("100e-2", "1"), ("12e-7", "0.0000012"),
        ("0.000000000000000000000000001", "1e-27"), ("333333333.33333329", "333333333.3333333"),
        ("123456789012345", "123456789012345"), ("-123456789012345", "-123456789012345"),
        ("1234567890123456", "1234567890123456"), ("9007199254740993", "9007199254740992"),
        ("123456789012345678901", "123456789012345680000"), ("1234567890123456789012", "1.2345678901234568e+21"),
        ("1e-400", "0"), ("-1e-400", "0"), ("1e20", "100000000000000000000"), ("1e21", "1e+21"),
        ("1e-6", "0.000001"), ("1e-7", "1e-7"), ("1.5e-7", "1.5e-7"),
        ("0.1", "0.1"), ("-7", "-7"), ("2.2250738585072011e-308", "2.225073858507201e-308"),
    ])
    func anySpellingBecomesTheSame(_ text: String, _ expected: String) throws {
        #expect(try canonical(text) == expected)
    }

    @Test func whatNoDoubleHoldsStandsAsItIs() throws {
        for text in ["1e400", "-1E+999", "1" + String(repeating: "0", count: 400)] {
            #expect(try canonical(text) == text)
        }
        let long = "0." + String(repeating: "3", count: 1 << 20)
        #expect(try canonical(long) == long)
    }

    private func canonical(_ text: String) throws -> String {
        let view = try JSONView(validating: Array(text.utf8))
        return String(decoding: CanonicalJSON.bytes(of: view), as: UTF8.self)
    }
}
