import Testing

@testable import LocalCodeCore

@Suite struct Base64Tests {
    @Test(
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"), ("\u{0}?>~", "AD8+fg=="),
        ]) func vectors(_ plain: String, _ coded: String)
    {
        let bytes = Array(plain.utf8)
        let text = Array(coded.utf8)
        #expect(Base64.encode(bytes) == text)
        #expect(Base64.decode(text) == bytes)
        #expect(Base64.check(text[...]) == .good(decodedCount: bytes.count))
        let unpadded = text.filter { $0 != UInt8(ascii: "=") }
        #expect(Base64.check(unpadded[...]) == .good(decodedCount: bytes.count))
    }

    @Test func everyLengthComesBack() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ 7) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
    }

    @Test func whatIsWrong() {
        func check(_ text: String) -> Base64.Check { Base64.check(Array(text.utf8)[...]) }
        #expect(check("Zm9v-g==") == .bad(at: 4))
        #expect(check("Zm=v") == .bad(at: 2))
        #expect(check("Zm9\u{E4}") == .bad(at: 3))
        #expect(check("Zm9vY===") == .bad(at: 5))
        #expect(check("Zm9vY") == .cutOff)
        #expect(check("Zm9v=") == .cutOff)
        #expect(check("Zm9v\nYmFy\r\n") == .spaced)
        #expect(Base64.decode("Zm9v!Zm9v".utf8) == Array("foo".utf8))
        #expect(Base64.decode("Zm9vYmFy".utf8, limit: 4).count == 4)
    }

    @Test func aSliceIsCountedFromItsOwnStart() {
        let text = Array("data,Zm9v-".utf8)
        #expect(Base64.check(text[5...]) == .bad(at: 4))
    }
}

@Suite struct PictureTests {
    @Test func kinds() {
        #expect(PictureType(Pictures.png()) == .png)
        #expect(PictureType(Pictures.jpeg()) == .jpeg)
        #expect(PictureType(Pictures.gif()) == .gif)
        #expect(PictureType(Pictures.bmp()) == .bmp)
        #expect(PictureType(Pictures.webp("VP8 ", [])) == .webp)
        for text in ["", "GIF88a", "RIFF0000WAVE", "BMW builds cars in Munich", "<svg xmlns=", "%PDF-1.7", "\u{89}PNG"]
        {
            #expect(PictureType(text.utf8) == nil, "\(text)")
        }
    }

    @Test func sizes() {
        func size(_ type: PictureType, _ bytes: [UInt8]) -> PictureSize? { PictureSize(type, bytes) }
        let expected = PictureSize(width: 300, height: 70)
        #expect(size(.png, Pictures.png(300, 70)) == expected)
        #expect(size(.gif, Pictures.gif(300, 70)) == expected)
        #expect(size(.bmp, Pictures.bmp(300, 70)) == expected)
        #expect(size(.bmp, Pictures.bmp(300, -70)) == expected)
        #expect(size(.jpeg, Pictures.jpeg(300, 70)) == expected)
        #expect(size(.jpeg, Pictures.jpeg(300, 70, profile: 60_000)) == expected)
        #expect(
            size(.webp, Pictures.webp("VP8X", [0, 0, 0, 0] + Pictures.little(299, 3) + Pictures.little(69, 3)))
                == expected)
        #expect(size(.webp, Pictures.webp("VP8L", [0x2F] + Pictures.little(299 | 69 << 14, 4))) == expected)
        #expect(
            size(
                .webp,
                Pictures.webp("VP8 ", [0, 0, 0, 0x9D, 1, 0x2A] + Pictures.little(300, 2) + Pictures.little(70, 2)))
                == expected)
    }

    @Test("A picture that is cut off anywhere tells nothing or the truth") func cutOff() {
        let pictures: [(PictureType, [UInt8])] = [
            (.png, Pictures.png(300, 70)), (.gif, Pictures.gif(300, 70)), (.jpeg, Pictures.jpeg(300, 70)),
            (.bmp, Pictures.bmp(300, 70)), (.webp, Pictures.webp("VP8L", [0x2F] + Pictures.little(299 | 69 << 14, 4))),
        ]
        for (type, bytes) in pictures {
            for count in 0...bytes.count {
                let size = PictureSize(type, Array(bytes[..<count]))
                #expect(size == nil || size == PictureSize(width: 300, height: 70))
            }
        }
    }

    @Test func tooLarge() {
        #expect(!PictureSize(width: 10_000, height: 10_000).isTooLarge)
        #expect(PictureSize(width: 10_001, height: 10_000).isTooLarge)
        #expect(PictureSize(width: .max, height: 2).isTooLarge)
    }
}

@Suite struct InlineImageTests {
    private func look(_ text: String, limit: Int = 1000) throws(ImageProblem) -> InlineImage {
        try InlineImage(Array(text.utf8)[...], limit: limit)
    }

    private func problem(_ text: String, limit: Int = 1000) -> String {
        do throws(ImageProblem) {
            _ = try look(text, limit: limit)
            return ""
        } catch {
            return "\(error.code): \(error.message)"
        }
    }

    @Test func whatIsRightStays() throws {
        for (bytes, type) in [
            (Pictures.png(), "image/png"), (Pictures.jpeg(), "image/jpeg"), (Pictures.jpeg(), "image/jpg"),
        ] {
            let image = try look(Pictures.url(bytes, type))
            #expect(image.url == nil && image.claimed == nil)
        }
        let bare = String(decoding: Base64.encode(Pictures.gif()), as: UTF8.self)
        #expect(try look(bare).url == nil)
        #expect(try look(bare).type == .gif)
    }

    @Test func theContentDecides() throws {
        let image = try look(Pictures.url(Pictures.jpeg(), "image/png"))
        #expect(image.claimed == "image/png")
        #expect(image.url == Array(Pictures.url(Pictures.jpeg(), "image/jpeg").utf8))
    }

    @Test func otherSpellingsAreWrittenAnew() throws {
        let plain = Pictures.url(Pictures.png())
        let data = plain.dropFirst("data:image/png;base64,".count)
        let broken = data.prefix(10) + "\r\n" + data.dropFirst(10) + "\n"
        for url in [
            "DATA:image/png;base64,\(data)", "data:IMAGE/PNG;base64,\(data)",
            "data:image/png;charset=utf-8;base64,\(data)",
            "data:;base64,\(data)", "data:image/png;BASE64,\(data)", "data:image/png;base64,\(broken)",
        ] {
            let image = try look(url)
            #expect(image.url == Array(plain.utf8), "\(url)")
            #expect(image.claimed == nil)
        }
    }

    @Test func whatIsNoPictureIsRefused() {
        let png = Pictures.url(Pictures.png())
        #expect(problem("data:image/png;base64").hasPrefix("invalid_image_url: "))
        #expect(problem("data:" + String(repeating: "x", count: 300) + ",").hasPrefix("invalid_image_url: "))
        #expect(problem("data:image/svg+xml,<svg/>").hasPrefix("invalid_base64_image: "))
        #expect(problem("data:image/png;base64,") == "empty_image_file: is empty")
        #expect(problem("") == "empty_image_file: is empty")
        #expect(problem(Pictures.url(Array("%PDF-1.7".utf8))).hasPrefix("unsupported_image_media_type: "))
        #expect(problem("cat.png") == "invalid_base64_image: is no base64 at character 4 of its data")
        #expect(problem(png + "!").hasPrefix("invalid_base64_image: is no base64 at character"))
        #expect(problem(String(png.dropLast(3))).hasPrefix("invalid_base64_image: is cut off"))
        #expect(problem(png, limit: 28).hasPrefix("image_file_too_large: "))
        #expect(problem(png, limit: 29) == "")
        #expect(problem(Pictures.url(Pictures.png(50_000, 50_000))).hasPrefix("image_too_large: "))
    }
}
