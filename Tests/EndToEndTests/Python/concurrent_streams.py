import asyncio

from sdk import MODEL, check, main

STREAMS = 64
TOKENS = 24


async def run(client):
    async def stream(number):
        text, tokens, reason = "", 0, None
        answer = await client.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": f"stream {number % 8}"}], max_tokens=TOKENS,
            temperature=0, stream=True, stream_options={"include_usage": True})
        async for chunk in answer:
            tokens = chunk.usage.completion_tokens if chunk.usage else tokens
            for choice in chunk.choices:
                text += choice.delta.content or ""
                reason = choice.finish_reason or reason
        check(reason == "length", f"stream {number} ended with {reason}")
        check(tokens == TOKENS, f"stream {number} had {tokens} tokens")
        check(text, f"stream {number} was empty")
        return text

    texts = await asyncio.gather(*(stream(number) for number in range(STREAMS)))
    return {"streams": len(texts), "characters": sum(map(len, texts))}


main(run)
