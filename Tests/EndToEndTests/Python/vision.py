import base64
import struct
import zlib

from sdk import MODEL, check, main


def png(width, height):
    """A gradient as an 8-bit RGB image."""
    def part(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes(v for x in range(width) for v in (4 * x, 4 * y, 128)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")


def run(client):
    def ask(*images):
        parts = [{"type": "text", "text": "what is this?"}]
        parts += [{"type": "image_url", "image_url": {"url": image}} for image in images]
        return client.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": parts}], max_tokens=8, temperature=0)

    image = "data:image/png;base64," + base64.b64encode(png(56, 56)).decode()
    without, with_one = ask(), ask(image)
    check(with_one.choices[0].message.content, "there is no content")
    added = with_one.usage.prompt_tokens - without.usage.prompt_tokens
    check(added >= 16, f"the image added {added} prompt tokens; 16 patches were expected")
    return {"image_tokens": added}


main(run)
