from sdk import HELLO, MODEL, check, main


def run(client):
    options = {"model": MODEL, "messages": HELLO, "max_tokens": 40, "temperature": 0}
    whole = client.chat.completions.create(**options).choices[0].message.content
    text, reasons, chunks, usage, ids = "", [], 0, None, set()
    for chunk in client.chat.completions.create(**options, stream=True, stream_options={"include_usage": True}):
        chunks += 1
        ids.add(chunk.id)
        check(chunk.object == "chat.completion.chunk", f"object is {chunk.object}")
        usage = chunk.usage or usage
        for choice in chunk.choices:
            text += choice.delta.content or ""
            if choice.finish_reason:
                reasons.append(choice.finish_reason)
    check(text == whole, f"the streamed text {text!r} is not the whole one {whole!r}")
    check(reasons == ["length"], f"finish reasons are {reasons}")
    check(len(ids) == 1, f"the chunks have {len(ids)} ids")
    check(chunks > 20, f"only {chunks} chunks came: they were held back")
    check(usage is not None and usage.completion_tokens == 40, f"usage is {usage}")
    return {"chunks": chunks, "text": text, "usage": usage.model_dump()}


main(run)
